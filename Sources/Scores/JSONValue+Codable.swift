import MetricCatalog

extension JSONValue {
  /// A record as JSON: its properties in their order, named in snake case; what is not known is null.
  ///
  /// - Throws: `EncodingError` for what is not a record of texts, numbers, lists and records.
  public init(_ value: some Encodable) throws { self = try Branch.grown(from: value).json }
}

extension JSONValue: Decodable {
  /// Keys come in any order.
  public init(from decoder: any Decoder) throws {
    if let entries = try? decoder.container(keyedBy: AnyKey.self) {
      self = .object(
        try entries.allKeys.map { ($0.stringValue, try entries.decode(JSONValue.self, forKey: $0)) })
      return
    }
    if var list = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !list.isAtEnd { values.append(try list.decode(JSONValue.self)) }
      self = .array(values)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(Double.self) {
      self = .number(value)
    } else {
      self = .string(try single.decode(String.self))
    }
  }
}

extension JSONValue {
  /// The value of a key of an object; nil where there is none.
  public subscript(_ key: String) -> JSONValue? {
    if case .object(let entries) = self { entries.first { $0.key == key }?.value } else { nil }
  }

  public var text: String? { if case .string(let text) = self { text } else { nil } }
}

struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  /// `realSamples` is `real_samples`.
  static func snake(_ key: some CodingKey) -> String {
    key.stringValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }
}

/// A value that grows while something encodes itself into it.
private final class Branch: Encoder {
  private enum Content {
    case single(JSONValue)
    case object([(key: String, branch: Branch)])
    case array([Branch])
  }

  private var content = Content.single(.null)
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var json: JSONValue {
    switch content {
    case .single(let value): value
    case .object(let entries): .object(entries.map { ($0.key, $0.branch.json) })
    case .array(let branches): .array(branches.map(\.json))
    }
  }

  init(_ value: JSONValue = .null) { content = .single(value) }

  static func grown(from value: some Encodable) throws -> Branch {
    // Fields of a protocol stand in the catalog's order, under their own names.
    if let fields = value as? [String: FieldValue] {
      return Branch(.object(try FieldDefinition.ordered(fields).map { ($0.name, try JSONValue($0.value)) }))
    }
    let branch = Branch()
    try value.encode(to: branch)
    return branch
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .single = content { content = .object([]) }
    return KeyedEncodingContainer(Entries<Key>(branch: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .single = content { content = .array([]) }
    return Items(branch: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(branch: self) }

  func put(_ value: JSONValue) { content = .single(value) }

  func add(_ key: String, _ branch: Branch) -> Branch {
    if case .object(var entries) = content {
      entries.append((key, branch))
      content = .object(entries)
    }
    return branch
  }

  func add(_ branch: Branch) -> Branch {
    if case .array(var branches) = content {
      branches.append(branch)
      content = .array(branches)
    }
    return branch
  }

  var count: Int { if case .array(let branches) = content { branches.count } else { 0 } }
}

private struct Single: SingleValueEncodingContainer {
  let branch: Branch
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { branch.put(.null) }

  func encode<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let value as Bool: branch.put(.bool(value))
    case let value as Int: branch.put(.integer(value))
    case let value as Double: branch.put(.number(value))
    case let value as String: branch.put(.string(value))
    default: branch.put(try Branch.grown(from: value).json)
    }
  }
}

private struct Entries<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let branch: Branch
  var codingPath: [any CodingKey] { [] }

  private func add(_ key: Key, _ own: Branch) { _ = branch.add(AnyKey.snake(key), own) }

  func encodeNil(forKey key: Key) { add(key, Branch()) }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { add(key, try Branch.grown(from: value)) }

  // A value that is not known is written as null.
  private func encode(orNull value: (some Encodable)?, _ key: Key) throws {
    add(key, try value.map { try Branch.grown(from: $0) } ?? Branch())
  }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encode(orNull: value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encode(orNull: value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encode(orNull: value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encode(orNull: value, key) }
  func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try encode(orNull: value, key) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    branch.add(AnyKey.snake(key), Branch()).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    branch.add(AnyKey.snake(key), Branch()).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { branch.add("super", Branch()) }
  func superEncoder(forKey key: Key) -> any Encoder { branch.add(AnyKey.snake(key), Branch()) }
}

private struct Items: UnkeyedEncodingContainer {
  let branch: Branch
  var codingPath: [any CodingKey] { [] }
  var count: Int { branch.count }

  func encodeNil() { _ = branch.add(Branch()) }
  func encode<Value: Encodable>(_ value: Value) throws { _ = branch.add(try Branch.grown(from: value)) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    branch.add(Branch()).container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { branch.add(Branch()).unkeyedContainer() }
  func superEncoder() -> any Encoder { branch.add(Branch()) }
}
