import Files

/// The tensors of a file under the names that the file gives them.
package struct Checkpoint {
  /// As the user gave it.
  package let path: String
  package let tensors: [String: StoredTensor]
  /// Bytes of the file (or files) that hold them: no network is larger than that.
  package let size: Int
}
