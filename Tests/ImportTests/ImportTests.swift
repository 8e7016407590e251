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
    try RunImport(path: file(name, text), labels: labels).read().runs
  }

  private func words(_ name: String, _ text: String) throws -> String? {
    let path = try file(name, text)
    let error = #expect(throws: ImportError.self) { try RunImport(path: path).read() }
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
      try words("t.csv", "name,metric,value\nA,fvd,high\n")
        == "`t.csv`, line 2: `value` is `high`, which is not a number")
    #expect(try words("t.csv", "name,metric,value\n,fvd,1\n") == "`t.csv`, line 2: `name` is missing or empty")
    #expect(try words("t.csv", "name,metric,value\n") == "`t.csv` holds no scores")
    #expect(
      try words("t.txt", "fvd 100\n")
        == "`t.txt` is not a kind of file that is known here\n"
        + "hint: --kind says what it is: history, runs, document, stylegan-v, vbench, scores, table, preferences or votes"
    )
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

  private func read(_ name: String, _ text: String) throws -> ImportedRuns {
    try RunImport(path: file(name, text)).read()
  }

  /// VBench writes NaN for a dimension that it had no videos for; so does StyleGAN-V for a metric that failed.
  @Test func whatIsNoNumberIsNamedAndLeftOut() throws {
    let found = try read(
      "vb_eval_results.json",
      #"{"a": [0.5, [{"video_path": "x", "video_results": NaN}]], "b": [NaN, []], "c": [-0.25, []], "d": [null, []]}"#)
    #expect(found.runs[0].scores.map(\.metric) == ["vbench[a]", "vbench[c]"] && found.runs[0].scores[0].videos == nil)
    #expect(
      found.leftOut == ["the values of single videos of `a`: 1 are not numbers", "`b` is NaN", "`d` is null"])
    let lines = try read(
      "m.jsonl",
      #"{"results": {"fvd": NaN, "kvd": 2}, "metric": "x"}"# + "\r\n"
        + #"{"results": {"fvd": Infinity}, "metric": "x"}"#)
    #expect(lines.runs.map { $0.scores.map(\.metric) } == [["kvd"]])
    #expect(lines.leftOut == ["record 1: `fvd` is NaN", "record 2: `fvd` is Infinity"])
    #expect(
      try words("a_eval_results.json", #"{"b": [NaN, []]}"#) == "`a_eval_results.json` holds no scores: `b` is NaN")
    #expect(
      try words("a_eval_results.json", #"{"b": [1, []], "b": [2, []]}"#)
        == "`a_eval_results.json`: it is ambiguous: the key `b` stands twice in one object")
  }

  /// As papers print them.
  @Test func aColumnForEachMetric() throws {
    let found = try read(
      "paper.csv",
      "Method;Dataset;FVD;KVD ↓;IS↑;Params;Venue\nA;UCF;634.9 ± 2.1;-;32.5;900;CVPR\nB;UCF;90;1e-1;;70;\nA;Sky;12;;;;\n"
    )
    #expect(found.runs.map { "\($0.name) \($0.dataset ?? "")" } == ["A UCF", "B UCF", "A Sky"])
    #expect(found.runs[0].scores.map(\.metric) == ["fvd", "IS"] && found.runs[0].scores[0].std == 2.1)
    #expect(found.runs[0].scores[1].direction == .higher && found.runs[1].scores.map(\.value) == [90, 0.1])
    #expect(
      found.leftOut.map { $0.prefix(40) } == [
        "column `Params`: it is not known whether", "column `Venue` holds no numbers", "line 2: `KVD` is `-`",
      ])
    #expect(
      try words("p.csv", "method,FVD\nA,\"1,234.5\"\nB,2\n")
        == "`p.csv`, line 2: `FVD` is `1,234.5`, which is not a number")
    #expect(
      try words("p.csv", "method,FVD\nA,1,234.5\n")
        == "`p.csv`, line 2: it has 3 cells, and there are 2 columns; a cell that holds a separator is in quotation marks"
    )
    #expect(try words("p.csv", "method,FVD,fvd\nA,1,2\n") == "`p.csv`: the columns `FVD` and `fvd` have one name")
    #expect(
      try words("p.csv", "who,FVD\nA,1\n")?.hasPrefix(
        "`p.csv` has no column `name` or `method` or `model`, but `who`, `FVD`") == true)
  }

  @Test func contradictionsAreRefused() throws {
    #expect(
      try words("t.csv", "name,metric,value\nA,FVD,1\nB,fvd,1\nA,fvd,2\n")
        == "`t.csv`, line 4: `fvd` of `A` is there already, in line 2")
    #expect(
      try words("t.csv", "name,metric,value,direction\nA,Smooth,1,higher\nA,smooth,2,higher\n")
        == "`t.csv`, line 3: `Smooth` of `A` is there already, in line 2")
    #expect(
      try words("s.csv", "question,method,votes\nq,a,1\nq,a,2\n") == "`s.csv`, line 3: `a` has an answer to `q` already"
    )
  }

  /// A row for each answer gives what their counts give.
  @Test func answersOfAUserStudy() throws {
    let counted = try runs("c.csv", "question,method,votes\nq,ours,3\nq,other,1\nr,ours,1\nr,other,0\n")
    let answers = try read(
      "v.csv", "user,question,choice\n1,q,ours\n1,r,ours\n2,q,other\n3,q,ours\n4,q,ours\n")
    #expect(answers.runs.map(\.scores) == counted.map(\.scores))
    #expect(answers.leftOut == ["column `user`"])
    #expect(try words("v.csv", "question,choice\nq,\n") == "`v.csv`, line 2: `choice` is missing or empty")
  }
}
