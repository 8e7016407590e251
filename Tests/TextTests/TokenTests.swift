import Foundation
import Testing
import Text
import Weights

/// Golden values of `Fixtures/golden/text/tokens.py`: openai-clip, open_clip, ftfy.
private struct Golden: Decodable {
  struct Row: Decodable {
    let prompt: String
    let cleaned: String
    let ids: [Int]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      prompt = try row.decode(String.self)
      cleaned = try row.decodeIfPresent(String.self) ?? prompt
      ids = try row.decode([Int].self)
    }
  }

  let prompts: [Row]
  let misencoded: [Row]

  static let values = Result {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: root.appendingPathComponent("Fixtures/golden/text/tokens.json")))
  }
}

/// CLIP's merges. Where they are absent the tests fail with the command that gets them.
private let tokenizer = Result {
  let store = WeightStore(folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))
  return try CLIPTokenizer(vocabulary: store.loadVocabulary("clip-vocabulary"))
}

/// Strings are compared by their scalars: `==` of strings takes composed and decomposed letters for the same.
private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

@Suite struct TokenTests {
  @Test func aThousandPromptsHaveTheReferencesIds() throws {
    let golden = try Golden.values.get()
    let clip = try tokenizer.get()
    #expect(golden.prompts.count == 1000)
    for row in golden.prompts {
      let (ids, isTruncated) = clip.tokens(of: row.prompt)
      #expect(ids.count == 77)
      #expect(Array(ids.prefix(row.ids.count)) == row.ids, "\(row.prompt.debugDescription)")
      #expect(!ids.dropFirst(row.ids.count).contains { $0 != 0 }, "\(row.prompt.debugDescription)")
      #expect(!isTruncated || row.ids.count == 77)
    }
  }

  @Test func longPromptsAreCut() throws {
    let clip = try tokenizer.get()
    let dogs = { (count: Int) in clip.tokens(of: [String](repeating: "dog", count: count).joined(separator: " ")) }
    #expect(!dogs(75).isTruncated)
    #expect(dogs(76).isTruncated)
    #expect(dogs(76).ids == dogs(75).ids)
    #expect(dogs(0).ids == [49406, 49407] + [Int](repeating: 0, count: 75))
  }
}

@Suite struct CleaningTests {
  @Test func aThousandPromptsAreCleanedAsTheReferenceDoes() throws {
    for row in try Golden.values.get().prompts {
      let clean = CleanPrompt(row.prompt)
      #expect(scalars(clean.text) == scalars(row.cleaned), "\(row.prompt.debugDescription)")
    }
  }

  /// None of the thousand is said to be misread: what the reference repairs in them is repaired here, too.
  @Test func misreadTextIsRepairedOrSaid() throws {
    let golden = try Golden.values.get()
    #expect(!golden.prompts.contains { CleanPrompt($0.prompt).looksMisencoded })
    for row in golden.misencoded {
      #expect(CleanPrompt(row.prompt).looksMisencoded, "\(row.prompt.debugDescription)")
      #expect(CleanPrompt(row.prompt).text != row.cleaned)
    }
    #expect(CleanPrompt("itâ€™s cafÃ© time") == CleanPrompt("it's café time"))
    for text in ["Å gå", "Чёрный кот", "CAFÉ", "MANHÃS", "l'été à la plage", "Ω"] {
      #expect(!CleanPrompt(text).looksMisencoded, "\(text)")
    }
  }
}

@Suite struct VocabularyTests {
  @Test func aShortOneIsRefused() {
    let error = #expect(throws: TextError.self) { try CLIPTokenizer(vocabulary: "#version: 0.2\ni n\nt h\n") }
    #expect(
      error?.description == """
        this is not CLIP's vocabulary: it has 4 rows, 48895 are needed; `vidmetrics weights fetch clip-vocabulary` gets it again
        """)
  }

  @Test(arguments: ["in", "i n g", "i 狗", ""]) func aRowThatIsNoMergeIsNamed(_ row: String) {
    let rows = ["#version: 0.2", "i n", row] + [String](repeating: "t h", count: 48894)
    let error = #expect(throws: TextError.self) { try CLIPTokenizer(vocabulary: rows.joined(separator: "\n")) }
    #expect(error == .malformedMerge(row: 3, text: row))
  }
}
