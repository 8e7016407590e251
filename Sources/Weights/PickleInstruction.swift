/// The pickle instructions that are read; every other is refused by name.
enum PickleInstruction: UInt8 {
  case protocolVersion = 0x80
  case frame = 0x95
  case stop = 0x2e
  case mark = 0x28
  case none = 0x4e
  case newTrue = 0x88
  case newFalse = 0x89
  case integer1 = 0x4b
  case integer2 = 0x4d
  case integer4 = 0x4a
  case long1 = 0x8a
  case float8 = 0x47
  case shortString = 0x55
  case string = 0x54
  case shortUnicode = 0x8c
  case unicode = 0x58
  case unicode8 = 0x8d
  case shortBytes = 0x43
  case bytes = 0x42
  case bytes8 = 0x8e
  case byteArray8 = 0x96
  case emptyTuple = 0x29
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case tuple = 0x74
  case emptyList = 0x5d
  case append = 0x61
  case appends = 0x65
  case emptyDictionary = 0x7d
  case setItem = 0x73
  case setItems = 0x75
  case put1 = 0x71
  case put4 = 0x72
  case get1 = 0x68
  case get4 = 0x6a
  case memoize = 0x94
  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case newObject = 0x81
  case build = 0x62
  case persistentId = 0x51

  /// What Python's pickletools calls an instruction that is not read.
  static func name(of code: UInt8) -> String {
    refused[code] ?? "0x" + String(code, radix: 16)
  }

  private static let refused: [UInt8: String] = [
    0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x46: "FLOAT", 0x49: "INT", 0x4c: "LONG", 0x50: "PERSID",
    0x53: "STRING", 0x56: "UNICODE", 0x64: "DICT", 0x67: "GET", 0x69: "INST", 0x6c: "LIST", 0x6f: "OBJ", 0x70: "PUT",
    0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x8b: "LONG4", 0x8f: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
    0x92: "NEWOBJ_EX", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]
}
