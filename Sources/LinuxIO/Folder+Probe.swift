// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Tries what a folder's file system can do: no table of kinds knows each version of each server behind each mount option.
extension Folder {
    /// What another mount over the same path shows: the folder is another then, and may lie on another file system.
    package struct Place: Equatable, Sendable {
        package let device: UInt64
        package let inode: UInt64
        package let mount: UInt64
    }

    /// Where it lies now (`man 2 statx`).
    package func place() throws(SystemFailure) -> Place {
        let signature = try descriptor.status().signature
        return Place(
            device: signature.device, inode: signature.inode, mount: clinux_mount_number(descriptor.raw))
    }

    /// Tries it, in a folder of its own with a hidden name, which is gone afterwards; one that a killed process left,
    /// `removeUnfinished` takes away.
    ///
    /// - Throws: a trouble of the machine, such as a full disk: then nothing is known.
    package func probe() throws(SystemFailure) -> FileSystemAbilities {
        let name = Self.temporaryName(UInt64.random(in: 0 ... .max))
        let result = unsafe name.withPlatformString { unsafe mkdirat(descriptor.raw, $0, 0o700) }
        guard result == 0 else { throw .current("mkdir", path.pushing(name)) }
        defer { removeProbe(name) }
        return try subfolder(name).abilities()
    }

    /// Removes such a folder as far as that goes: what others may have put into one of that name stays.
    func removeProbe(_ name: FilePath) {
        do throws(SystemFailure) {
            let probe = try subfolder(name)
            for entry in try probe.names() { probe.tryToRemove(FilePath(root: nil, components: entry)) }
        } catch {
            // Hidden, small, and in nobody's way.
        }
        unsafe _ = name.withPlatformString { unsafe unlinkat(descriptor.raw, $0, AT_REMOVEDIR) }
    }

    private func abilities() throws(SystemFailure) -> FileSystemAbilities {
        var found = FileSystemAbilities.ordinary
        guard try takes(Array("plain".utf8)) else { throw SystemFailure("open", path.string, .ioError) }
        for part in FileSystemAbilities.NamePart.allCases where try !takes(part.example) { found.refused.insert(part) }
        found.distinguishesCase = try keepsApart("case", "CASE")
        if !found.refused.contains(.foreign), found.distinguishesCase {
            found.distinguishesCase = try keepsApart("\u{E9}", "e\u{301}")
        }
        found.longestName = try longestName()
        found.keepsWhatIsThere = try keepsWhatIsThere()
        found.synchronizesFolders = try synchronizesItself()
        // Refusals that a passing trouble may have caused are none.
        guard try takes(Array("plain".utf8)) else { throw SystemFailure("open", path.string, .ioError) }
        return found
    }

    /// Whether a file can be given that name, as all of ours are, and has it then: some file systems drop a dot at the end.
    private func takes(_ name: [UInt8]) throws(SystemFailure) -> Bool {
        let (nameless, named): (FilePath, FilePath) = ("nameless", FilePath(bytes: name))
        guard try make(nameless) else { throw SystemFailure("open", path.appending("nameless").string, .ioError) }
        defer {
            tryToRemove(nameless)
            tryToRemove(named)
        }
        do throws(SystemFailure) {
            try replace(named, by: nameless)
        } catch let error where error.mayRefuseName {
            return false
        }
        return try names().contains { FilePath(root: nil, components: $0).bytes == name }
    }

    private func keepsApart(_ one: FilePath, _ other: FilePath) throws(SystemFailure) -> Bool {
        guard try make(one) else { return true }
        defer { tryToRemove(one) }
        guard try make(other) else { return false }
        tryToRemove(other)
        return true
    }

    /// By halving, where the usual length is refused.
    private func longestName() throws(SystemFailure) -> Int {
        var (taken, refused) = (0, FileSystemAbilities.longestNameOfLinux + 1)
        var next = FileSystemAbilities.longestNameOfLinux
        while refused - taken > 1 {
            if try takes([UInt8](repeating: UInt8(ascii: "n"), count: next)) { taken = next } else { refused = next }
            next = (taken + refused) / 2
        }
        return taken
    }

    private func keepsWhatIsThere() throws(SystemFailure) -> Bool {
        guard try make("from") else { return false }
        defer {
            tryToRemove("from")
            tryToRemove("to")
        }
        let result = unsafe clinux_rename_without_replacing(descriptor.raw, "from", descriptor.raw, "to")
        if result == 0 { return true }
        let failure = SystemFailure.current("rename", path.appending("from"))
        if failure.isLackOfAbility { return false }
        throw failure
    }

    private func synchronizesItself() throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            try descriptor.synchronize()
            return true
        } catch let error where error.isLackOfAbility {
            return false
        }
    }

    /// Makes an empty file; false where its name is refused or taken.
    private func make(_ name: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            _ = try open(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            return true
        } catch let error where error.mayRefuseName || error.code == .fileExists {
            return false
        }
    }

    private func tryToRemove(_ name: FilePath) {
        unsafe _ = name.withPlatformString { unsafe unlinkat(descriptor.raw, $0, 0) }
    }
}
