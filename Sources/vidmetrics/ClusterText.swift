import Cluster
import Evaluation
import Scores

/// Plans for people.
enum ClusterText {
  static func plan(_ plan: ClusterPlan, _ job: JobFolder) -> String {
    var rows: [[String]] = []
    for set in plan.sets {
      let videos = set.shards.map(\.videos)
      let each = "\(videos.min() ?? 0)" + (videos.min() == videos.max() ? "" : " to \(videos.max() ?? 0)")
      let unit =
        switch set.unit {
        case .archive: ", cut between archives"
        case .block: ", cut between blocks of \(MomentsSet.videosOfBlock)"
        case .video: ""
        }
      rows.append([
        set.role.rawValue, set.path,
        "\(count(set.videos, "video"))\(set.videos < set.found ? " of \(set.found)" : ""), "
          + "\(NumberText.memory(set.bytes)), \(count(set.shards.count, "shard")) of \(each)\(unit)",
      ])
    }
    for score in plan.scores { rows.append([score.metric, score.displayName, String(score.fingerprint.prefix(19))]) }
    return TextTable.text(
      [["plan", job.path, "\(count(plan.tasks, "task")), \(plan.isa)" + (plan.keeps == .moments ? ", moments" : "")]]
        + rows) + "\n"
  }
}
