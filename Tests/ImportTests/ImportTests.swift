import Foundation
import History
import Import
import Scores
import Testing

@Suite struct ImportTests {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "vidmetrics-import-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func runs(_ name: String, _ text: String, _ labels: RunImport.Labels = .init()) throws -> [RunRecord] {
    try RunImport(path: file(name, text), labels: labels).runs()
  }

  private func words(_ name: String, _ text: String) throws -> String? {
    let path = try file(name, text)
    let error = #expect(throws: ImportError.self) { try RunImport(path: path).runs() }
    return error?.description.replacingOccurrences(of: path, with: name)
  }

  @Test func styleGANV() throws {
    let line = """
      {"results": {"fvd2048_16f": 79.5, "isv2048_mean": 20.5, "isv2048_std": 0.25}, "metric": "fvd2048_16f", \
      "total_time": 12.5, "num_gpus": 4, "snapshot_pkl": "network-snapshot-005000.pkl", "timestamp": 1636000000.5}
      """
    let found = try runs("metric-fvd.jsonl", line + "\n" + line + "\n")
    #expect(found.map(\.name) == ["network-snapshot-005000", "network-snapshot-005000"])
    #expect(found[0].id != found[1].id)
    #expect(found[0].date == "2021-11-04T04:26:40.500Z" && found[0].origin == .imported)
    #expect(found[0].scores.map(\.metric) == ["fvd2048_16f", "isv2048"])
    #expect(found[0].scores.map(\.direction) == [.lower, .higher])
    #expect(found[0].scores.map(\.std) == [nil, 0.25])
    #expect(try runs("metric-fvd.jsonl", line + "\n")[0].id == found[0].id, "a file that grows adds what is new")
  }

  @Test func vbench() throws {
    let found = try runs(
      "model_eval_results.json",
      """
      {"subject_consistency": [0.95, [{"video_path": "a.mp4", "video_results": 0.9}, {"video_path": "b.mp4", "video_results": 1.0}]],
       "color": [0.5, [{"video_path": "a.mp4", "video_results": [1, 2]}]]}
      """)
    #expect(found.count == 1 && found[0].name == "model")
    #expect(found[0].scores.map(\.metric) == ["vbench[color]", "vbench[subject_consistency]"])
    #expect(found[0].scores[0].videos == nil && found[0].scores[0].direction == .higher)
    #expect(found[0].scores[1].videos == [.init(name: "a.mp4", value: 0.9), .init(name: "b.mp4", value: 1)])
  }

  @Test func tables() throws {
    let found = try runs(
      "table.csv",
      """
      Method,metric,value,std,direction,dataset,step
      A,FVD,100.5,2,,MUG,1000
      A,smoothness,0.5,,higher,MUG,1000
      "B, large",FVD,90,,,MUG,
      """)
    #expect(found.map(\.name) == ["A", "B, large"])
    #expect(found[0].scores.map(\.metric) == ["fvd", "smoothness"] && found[0].scores[0].std == 2)
    #expect(found[0].dataset == "MUG" && found[0].step == 1000 && found[1].step == nil)
    #expect(found[0].source == "table.csv" && found[0].scores[0].settings == nil)
    #expect(!found[0].scores[0].isComparable(with: found[1].scores[0]))
    let cases = try runs("c.csv", "name,metric,value\nA,psnr,20\nB,PSNR,21\nC,CFVD,9\nD,IS,9\n")
    #expect(
      cases.map { $0.scores[0].metric } == ["psnr", "psnr", "cfvd", "IS"], "one score of the catalog has one name")
    #expect(
      try words("t.csv", "name,metric,value\nA,smoothness,1\n")
        == "`t.csv` does not say whether lower or higher values of `smoothness` are better\n"
        + "hint: a column `direction` with `lower` or `higher`, or --direction")
    #expect(
      try words("t.csv", "name,metric,value\nA,fvd,high\n") == "`t.csv`, line 2: `value` is `high`, which is no number")
    #expect(try words("t.csv", "name,metric,value\n,fvd,1\n") == "`t.csv`, line 2: `name` is missing or empty")
    #expect(try words("t.csv", "name,metric,value\n") == "`t.csv` holds no scores")
    #expect(
      try words("t.txt", "fvd 100\n")
        == "`t.txt` is not a kind of file that is known here\n"
        + "hint: --kind says what it is: history, runs, document, stylegan-v, vbench, scores or preferences")
  }

  /// SciPy: `binomtest(7, 10).proportion_ci(method="wilson")` is 0.39677814746114526, 0.892208732593699.
  @Test func preferences() throws {
    let found = try runs(
      "study.csv",
      """
      question,method,votes
      motion quality,ours,7
      motion quality,other,3
      coherence,ours,10
      coherence,other,0
      """)
    #expect(found.map(\.name) == ["ours", "other"])
    let ours = found[0].scores
    #expect(ours.map(\.metric) == ["preference[motion quality]", "preference[coherence]"])
    #expect(ours.map(\.value) == [70, 100])
    let interval = try #require(ours[0].interval)
    #expect(abs(interval.low - 39.677814746114526) < 1e-12 && abs(interval.high - 89.2208732593699) < 1e-12)
    #expect(interval.method == "wilson" && ours[1].interval?.high == 100)
    let two = try runs("two.csv", "question,method,votes,dataset\nq,a,1,X\nq,b,3,X\nq,a,4,Y\n")
    #expect(two.map { $0.scores[0].value } == [25, 75, 100], "each dataset by itself")
    let given = try runs("percent.csv", "question,name,preference,n\nq,ours,70,10\n")
    #expect(given[0].scores[0].interval?.low == interval.low && given[0].scores[0].fake?.clips == 10)
    #expect(
      try words("s.csv", "question,method,votes,n\nq,ours,7,5\n") == "`s.csv`, line 2: 7 votes of 5")
    #expect(try runs("share.csv", "question,method,percent,n\nq,ours,70,10\n")[0].scores == given[0].scores)
    #expect(try words("s.csv", "question,method,preference\nq,ours,7\n") == "`s.csv`, line 2: `n` is missing or empty")
  }
}
