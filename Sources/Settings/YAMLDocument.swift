// SPDX-License-Identifier: Apache-2.0
internal import CYAML

/// The one document of a YAML text, as libyaml has it in memory: an alias is the node that it names, so that none is copied.
final class YAMLDocument {
    private var document = yaml_document_t()

    /// Groups and lists within one another that are enough for any settings. libyaml takes a time that grows with the square of
    /// their number: 19 s for sixty thousand.
    private static let greatestDepth = 32

    /// - Throws: `YAMLFault` where the text is no YAML, or has more than one document.
    init(_ text: String) throws(YAMLFault) {
        try Self.checkDepth(text)
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw YAMLFault(parser, in: text) }
        defer { yaml_parser_delete(&parser) }
        let bytes = Array(text.utf8)
        let isLoaded = bytes.withUnsafeBufferPointer { buffer in
            // An empty text has no address, which libyaml asks for.
            yaml_parser_set_input_string(&parser, buffer.baseAddress ?? UnsafePointer(bitPattern: 1), buffer.count)
            return yaml_parser_load(&parser, &document) == 1 && Self.isAtEnd(&parser)
        }
        guard isLoaded else { throw YAMLFault(parser, in: text) }
    }

    deinit { yaml_document_delete(&document) }

    /// Reads the text's events alone, which keeps nothing of them.
    private static func checkDepth(_ text: String) throws(YAMLFault) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw YAMLFault(parser, in: text) }
        defer { yaml_parser_delete(&parser) }
        let tooDeep = Array(text.utf8).withUnsafeBufferPointer { buffer -> Int? in
            yaml_parser_set_input_string(&parser, buffer.baseAddress ?? UnsafePointer(bitPattern: 1), buffer.count)
            var depth = 0
            var event = yaml_event_t()
            // What is no YAML is told by who reads the document.
            while yaml_parser_parse(&parser, &event) == 1, event.type != YAML_STREAM_END_EVENT {
                defer { yaml_event_delete(&event) }
                switch event.type {
                case YAML_MAPPING_START_EVENT, YAML_SEQUENCE_START_EVENT: depth += 1
                case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: depth -= 1
                default: break
                }
                if depth > greatestDepth { return event.start_mark.line + 1 }
            }
            return nil
        }
        if let tooDeep { throw YAMLFault(tooDeepInLine: tooDeep, limit: greatestDepth) }
    }

    /// Whether no other document follows. Said as libyaml would say it.
    private static func isAtEnd(_ parser: inout yaml_parser_t) -> Bool {
        var next = yaml_document_t()
        guard yaml_parser_load(&parser, &next) == 1 else { return false }
        defer { yaml_document_delete(&next) }
        if yaml_document_get_root_node(&next) == nil { return true }
        parser.problem = UnsafePointer(Self.another)
        parser.problem_mark = next.start_mark
        return false
    }

    /// Kept for the whole life of the process: libyaml frees none of its problems.
    nonisolated(unsafe) private static let another = strdup("one document is expected, and another follows")

    /// Nil where the text holds nothing but space and comments.
    var root: YAMLNode? { yaml_document_get_root_node(&document).map { YAMLNode(self, $0) } }

    fileprivate func node(_ number: yaml_node_item_t) -> YAMLNode? {
        yaml_document_get_node(&document, number).map { YAMLNode(self, $0) }
    }
}

/// A part of a document; keeps it.
struct YAMLNode {
    private let document: YAMLDocument
    private let node: UnsafeMutablePointer<yaml_node_t>

    fileprivate init(_ document: YAMLDocument, _ node: UnsafeMutablePointer<yaml_node_t>) {
        self.document = document
        self.node = node
    }

    /// Where it begins, counted from 1.
    var line: Int { node.pointee.start_mark.line + 1 }

    /// One value as it was written, without its quotation marks; nil for a list or a group.
    var scalar: String? {
        guard node.pointee.type == YAML_SCALAR_NODE else { return nil }
        let scalar = node.pointee.data.scalar
        return String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    }

    /// Nothing, or a word for it, without quotation marks.
    var isNull: Bool {
        guard let scalar, node.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar)
    }

    /// The keys of a group and what stands behind them, in the text's order; nil where it is none.
    var pairs: [(key: YAMLNode, value: YAMLNode)]? {
        guard node.pointee.type == YAML_MAPPING_NODE else { return nil }
        let pairs = node.pointee.data.mapping.pairs
        guard let start = pairs.start, let end = pairs.top else { return [] }
        return UnsafeBufferPointer(start: start, count: end - start).compactMap { pair in
            guard let key = document.node(pair.key), let value = document.node(pair.value) else { return nil }
            return (key, value)
        }
    }
}
