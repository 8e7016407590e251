/// The tensors of a file under the names that the file gives them.
struct Checkpoint {
  /// As the user gave it.
  let path: String
  let tensors: [String: StoredTensor]
  /// Bytes of the file (or files) that hold them: no network is larger than that.
  let size: Int
}
