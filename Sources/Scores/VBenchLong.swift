/// VBench-Long (VBench++, 2024): videos are cut into clips of two seconds, and what differs between clips is computed by other
/// networks, brought to the scale of what differs inside them, and taken half and half.
///
/// Source: `vbench2_beta_long/utils.py` `fuse_inclip_clip2clip`, `configs/slow_fast_params.yaml` and the two mapping tables of
/// Vchitect/VBench, 45e79ec. The tables are its authors' quantiles of both branches over videos of theirs.
public enum VBenchLong {
  /// Inside clips, and between them.
  static let (slow, fast) = ("vbench-long-slow", "vbench-long-fast")

  /// The protocols of a dimension's metric: one, or those of the two branches.
  public static func protocols(of dimension: VBench.Dimension) -> [String] {
    table(of: dimension) == nil ? ["vbench-long"] : [slow, fast]
  }

  /// The dimensions, with the two branches of each made one.
  public static func scored(_ scores: [ScoreRecord]) -> [VBench.Scored] {
    var fastOnes: [String: ScoreRecord] = [:]
    for score in scores where score.settings?.name == fast { fastOnes[score.metric] = score }
    return scores.filter { $0.settings?.name != fast }.compactMap { score in
      let own = VBench.Scored(score, published: ["vbench-long", slow])
      guard let own, let fast = fastOnes[score.metric], let table = table(of: own.dimension) else { return own }
      return fused(own, with: VBench.Scored(fast, published: [Self.fast]), by: table)
    }
  }

  private static func fused(_ slow: VBench.Scored, with fast: VBench.Scored?, by table: [Double]) -> VBench.Scored {
    let between = Dictionary((fast?.videos ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    let videos = slow.videos.map {
      VideoValue(
        name: $0.name, value: fused(inside: $0.value, between: between[$0.name], by: table), clips: $0.clips)
    }
    return VBench.Scored(
      slow.dimension, value: mean(videos), videos: videos,
      origin: [slow.origin, fast?.origin].compactMap { $0 }.first)
  }

  private static func mean(_ videos: [VideoValue]) -> Double {
    let weights = videos.map { Double($0.clips ?? 1) }
    return zip(videos, weights).reduce(0) { $0 + $1.0.value * $1.1 } / weights.reduce(0, +)
  }

  /// - Parameter between: nil for a video of one clip, whose value is that inside the clip.
  static func fused(inside: Double, between: Double?, by table: [Double]) -> Double {
    let mapped = between.map { interpolated($0, table) } ?? 0
    // The published program cannot tell a video without clips to compare from one whose clips have nothing in common.
    return mapped == 0 ? inside : 0.5 * inside + 0.5 * mapped
  }

  /// A table of values at 0, 0.01 ... 1, linear in between.
  private static func interpolated(_ value: Double, _ table: [Double]) -> Double {
    let place = min(max(value, 0), 1) * Double(table.count - 1)
    let low = min(Int(place), table.count - 2)
    return table[low] + (table[low + 1] - table[low]) * (place - Double(low))
  }

  static func table(of dimension: VBench.Dimension) -> [Double]? {
    ["subject-consistency": subjectQuantiles, "background-consistency": backgroundQuantiles][dimension.metric ?? ""]
  }

  private static let subjectQuantiles: [Double] = [
    0.0, 0.655812085783768, 0.706856949045235, 0.731659342416906, 0.73660992057736, 0.749101188592094,
    0.761032814753647, 0.774597183768173, 0.784555729997569, 0.792953568694271, 0.802689699298385, 0.808076071440993,
    0.816204790771909, 0.824219815909538, 0.830472157111834, 0.835419531889346, 0.83907681617532, 0.841978081155746,
    0.84679192068861, 0.850625540675788, 0.852853044011848, 0.854691139482507, 0.858132224563246, 0.863729405870906,
    0.866102417035313, 0.870585293424396, 0.872331870277398, 0.874960548804337, 0.878698116066965, 0.88170792606262,
    0.885683841036798, 0.887194775904732, 0.890181215752347, 0.8940085858716, 0.896727529739295, 0.899204109394038,
    0.901872688917701, 0.902930005754908, 0.904255123199727, 0.906709500890894, 0.909197403281584, 0.911998758637682,
    0.914120648767612, 0.917820970919085, 0.920037992613574, 0.922367310037017, 0.923878218312373, 0.92612833568708,
    0.928554265517505, 0.931094522914667, 0.932674917380015, 0.933938855974875, 0.935219359871336, 0.93807406531488,
    0.939675705126034, 0.941552521922844, 0.944195698642471, 0.946289318094669, 0.947781123820032, 0.949137334918494,
    0.951897174598649, 0.953055388977942, 0.954985032256127, 0.956199606401013, 0.957250230848176, 0.958689000129844,
    0.960455895301363, 0.961342514244196, 0.962936044827203, 0.964827439510959, 0.966785529778715, 0.968174134640714,
    0.969813944137392, 0.971409261937727, 0.972530004578652, 0.973668488824432, 0.974642341870362, 0.976008729176383,
    0.977155875644753, 0.978418810979857, 0.979501010595634, 0.980594016861641, 0.981990506802626, 0.983434155927019,
    0.98433502683478, 0.985466305825542, 0.986316598986252, 0.987193187882002, 0.98770020514925, 0.988262855586541,
    0.988710454351168, 0.989251092021853, 0.989782759199991, 0.990371501103215, 0.991172390892083, 0.992180427851925,
    0.992921150016265, 0.99326859591264, 0.994591460602974, 0.995516073547993, 1.0,
  ]
  private static let backgroundQuantiles: [Double] = [
    0.0, 0.873691544930448, 0.88392356992722, 0.888340769126807, 0.894395017892299, 0.899626435216563,
    0.903145754159405, 0.905965662216789, 0.907634139293668, 0.909681980518171, 0.912059260929028, 0.914872300522044,
    0.916864571230313, 0.91899572410357, 0.920360080000968, 0.921301105005809, 0.922499725160567, 0.923335310160083,
    0.924364064416312, 0.925033502674768, 0.926479836367157, 0.927276633706106, 0.927840039415505, 0.928488115842048,
    0.929855989179899, 0.93043699722034, 0.930961847243739, 0.931837518457107, 0.932535174404531, 0.933476108636716,
    0.934152037140137, 0.934940306892267, 0.935567840962271, 0.936222006721211, 0.936694266597276, 0.937215165488639,
    0.937728512599245, 0.938159241463336, 0.938786767968952, 0.939348915468468, 0.939684244791667, 0.940032821879841,
    0.940740896511102, 0.941350394558482, 0.941967580545604, 0.942834956146721, 0.943218163003486, 0.944092961790763,
    0.944922112017493, 0.945415133617351, 0.946057962880035, 0.946612672064614, 0.947050138277014, 0.947583230961948,
    0.948510612332171, 0.949047688928156, 0.94972291646495, 0.950246513321392, 0.950660608096114, 0.951255542174994,
    0.951911455307578, 0.952366960064065, 0.952950734149077, 0.953568790040828, 0.954187246845146, 0.954717288560225,
    0.955338935014846, 0.95590276685144, 0.956451298452427, 0.957104193394171, 0.957455075099245, 0.957910428567971,
    0.958549581538052, 0.959168784695327, 0.959610176825136, 0.960120447751259, 0.960917058501969, 0.961979166666667,
    0.962551626948586, 0.963566142505003, 0.964157551579041, 0.964602080408437, 0.964906362961529, 0.965452531951975,
    0.966266180226084, 0.967015800998096, 0.968036075575297, 0.969119242996385, 0.969973438912019, 0.970532389196844,
    0.971717108527789, 0.972427724793442, 0.973225634097437, 0.974180063197941, 0.975258326374096, 0.976684089973857,
    0.978594319850568, 0.980095581086206, 0.981866938883779, 0.985895411744772, 1.0,
  ]
}
