// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage
internal import WrittenText

/// The settings that a YAML file gives, each with its line; and what is wrong with the file itself.
struct ConfigurationFile {
    /// A value as it stands in the file, before anybody asks what it means.
    struct Entry: Equatable {
        let text: String
        let line: Int
    }

    let path: FilePath
    private(set) var entries: [SettingKey: Entry] = [:]
    private(set) var faults: [SettingsFault] = []

    /// More than any configuration needs; keeps a wrong path (a disk image, a log) out of memory.
    static let largestFile = 256 * 1024

    /// Reads the file; nil when there is none.
    init?(at path: FilePath) {
        self.path = path
        do {
            let bytes = try Self.read(path)
            parse(try Self.text(bytes))
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch let refusal as SettingRefusal {
            note(refusal.message, refusal.remedy)
        } catch {
            note("cannot be read: \(error)", "Let the user that runs fundusd read it: chgrp fundusd, chmod 640.")
        }
    }

    /// Takes the text as if it had been read from `path`.
    init(text: String, path: FilePath) {
        self.path = path
        parse(text)
    }

    func source(line: Int) -> String { "\(path):\(line)" }

    private mutating func note(_ message: String, _ remedy: String) {
        faults.append(SettingsFault(key: "", source: path.string, message: message, remedy: remedy))
    }

    private mutating func parse(_ text: String) {
        if text.allSatisfy(\.isWhitespace) {
            note("the file is empty", "Write at least a comment, or remove it: a full disk leaves files like this.")
            return
        }
        var reader = YAMLSettings(path: path)
        reader.read(text)
        entries = reader.entries
        faults += reader.faults
    }

    private static func text(_ bytes: [UInt8]) throws(SettingRefusal) -> String {
        do throws(WrittenText.Fault) {
            return try WrittenText.text(of: bytes)
        } catch {
            throw SettingRefusal(message: "the file \(error.message)", remedy: "Save it as UTF-8.")
        }
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        // Non-blocking: a FIFO by that name must not hang the start.
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        return try file.closeAfter {
            do {
                return try readAll(file)
            } catch Errno.isDirectory {
                throw SettingRefusal(message: "is a folder", remedy: "Name the file in it, such as config.yaml.")
            }
        }
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while bytes.count <= largestFile {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw SettingRefusal(
            message: "is larger than \(largestFile / 1024) KiB", remedy: "Name a configuration file with --config.")
    }
}
