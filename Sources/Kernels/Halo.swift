import Tensors
import Threads

extension Activation {
  /// Writes zeros around the values, where others have used the same memory.
  public func clearHalo(_ team: ThreadTeam) {
    let layout = layout
    let (before, after, volume) = (layout.haloBefore, layout.haloAfter, layout.volume)
    let planes = before.frames + volume.frames + after.frames
    let left = before.height * layout.rowStride + before.width * layout.pixelStride
    let between = (after.width + before.width) * layout.pixelStride
    let row = volume.width * layout.pixelStride
    let right = after.width * layout.pixelStride + after.height * layout.rowStride
    team.perform(chunks: layout.blocks * planes) { chunk in
      guard let base = floats.baseAddress else { return }
      var place = base + chunk * layout.planeStride
      guard (before.frames..<before.frames + volume.frames).contains(chunk % planes) else {
        place.update(repeating: 0, count: layout.planeStride)
        return
      }
      place.update(repeating: 0, count: left)
      place += left + row
      for _ in 1..<volume.height {
        place.update(repeating: 0, count: between)
        place += between + row
      }
      place.update(repeating: 0, count: right)
    }
  }
}

extension ActivationLayout {
  public var hasHalo: Bool { count != blocks * volume.count * pixelStride }
}
