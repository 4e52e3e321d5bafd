// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
package import SystemPackage

/// What is made, moved and removed below an open folder: like the looking, without following a link.
extension Folder {
    /// Publishes a file below this folder, whole or not at all, replacing what had the name in one step.
    ///
    /// After it returns, the content survives a power cut under its name; before, nobody sees a part of it.
    package func write(
        _ bytes: [UInt8], to relative: FilePath, permissions: CInterop.Mode = 0o640
    ) throws(SystemFailure) {
        try publish(bytes, permissions, at: relative) { (parent, temporary, name) throws(SystemFailure) in
            try parent.replace(name, by: temporary)
            try parent.synchronize()
        }
    }

    /// The same, but false where the name is taken: nobody's file can come in between a look and a rename.
    package func writeNew(
        _ bytes: [UInt8], to relative: FilePath, permissions: CInterop.Mode = 0o640
    ) throws(SystemFailure) -> Bool {
        try publish(bytes, permissions, at: relative) { (parent, temporary, name) throws(SystemFailure) in
            if try parent.moveIfFree(temporary, to: name, in: parent) { return true }
            parent.discard(temporary)
            return false
        }
    }

    /// Writes an unfinished file beside where it is to go, and has it given its name.
    private func publish<Result>(
        _ bytes: [UInt8], _ permissions: CInterop.Mode, at relative: FilePath,
        _ giveName: (borrowing Folder, _ temporary: FilePath, _ name: FilePath) throws(SystemFailure) -> Result
    ) throws(SystemFailure) -> Result {
        let name = try lastName(of: relative)
        let parent = try subfolder(relative.removingLastComponent())
        let temporary = Self.temporaryName(UInt64.random(in: 0 ... .max))
        do throws(SystemFailure) {
            let file = try parent.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: permissions)
            try file.write(bytes)
            try file.synchronize()
            return try giveName(parent, temporary, name)
        } catch {
            parent.discard(temporary)
            throw error
        }
    }

    /// Makes a folder below this one and those above it that are missing, each durable before the next. See `man 2 mkdirat`.
    ///
    /// - Throws: without having made any where the last one could not be opened again: its path would be too long.
    package func makeFolders(_ relative: FilePath, permissions: CInterop.Mode = 0o750) throws(SystemFailure) {
        if Self.isTooLong(relative) { throw SystemFailure("mkdir", path.pushing(relative).string, .fileNameTooLong) }
        var parent = FilePath()
        for component in relative.components {
            try subfolder(parent).makeFolder(FilePath(root: nil, components: component), permissions)
            parent = parent.appending(component)
        }
    }

    private func makeFolder(_ name: FilePath, _ permissions: CInterop.Mode) throws(SystemFailure) {
        let result = unsafe name.withPlatformString { unsafe mkdirat(descriptor.raw, $0, permissions) }
        if result == 0 { return try synchronize() }
        let failure = SystemFailure.current("mkdir", path.pushing(name))
        guard failure.code == .fileExists else { throw failure }
    }

    /// Moves an entry to another name, below this folder or another, replacing what was there. See `man 2 renameat`.
    package func rename(
        _ relative: FilePath, to target: FilePath, in other: borrowing Folder
    ) throws(SystemFailure) {
        let (name, newName) = (try lastName(of: relative), try other.lastName(of: target))
        let parent = try subfolder(relative.removingLastComponent())
        let newParent = try other.subfolder(target.removingLastComponent())
        let result = unsafe name.withPlatformString { from in
            unsafe newName.withPlatformString { to in
                unsafe renameat(parent.descriptor.raw, from, newParent.descriptor.raw, to)
            }
        }
        guard result == 0 else { throw .current("rename", path.pushing(relative)) }
        try newParent.synchronize()
    }

    /// The same, but false where the name is taken: nothing is replaced. See `man 2 renameat2`.
    ///
    /// Where the file system can't refuse by itself, the name is looked at first: a file that comes between is replaced there.
    package func moveIfFree(
        _ relative: FilePath, to target: FilePath, in other: borrowing Folder
    ) throws(SystemFailure) -> Bool {
        let (name, newName) = (try lastName(of: relative), try other.lastName(of: target))
        let parent = try subfolder(relative.removingLastComponent())
        let newParent = try other.subfolder(target.removingLastComponent())
        let result = unsafe name.withPlatformString { from in
            unsafe newName.withPlatformString { to in
                unsafe clinux_rename_without_replacing(parent.descriptor.raw, from, newParent.descriptor.raw, to)
            }
        }
        if result == 0 {
            try newParent.synchronize()
            return true
        }
        let failure = SystemFailure.current("rename", path.pushing(relative))
        switch failure.code {
        case .fileExists: return false
        case _ where failure.isLackOfAbility:
            if try newParent.statusIfThere(newName) != nil { return false }
            try rename(relative, to: target, in: other)
            return true
        default: throw failure
        }
    }

    /// Copies an open file to a name that is free, whole or not at all; false where the name is taken.
    package func copyIfFree(_ file: borrowing Descriptor, to relative: FilePath) throws(SystemFailure) -> Bool {
        let name = try lastName(of: relative)
        let parent = try subfolder(relative.removingLastComponent())
        // Named after the file's inode: what a killed process left is overwritten by the next try, not added to.
        let temporary = Self.temporaryName(try file.status().signature.inode)
        do throws(SystemFailure) {
            let copy = try parent.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
            try copy.append(file)
            try copy.synchronize()
            if try parent.moveIfFree(temporary, to: name, in: parent) { return true }
            parent.discard(temporary)
            return false
        } catch {
            parent.discard(temporary)
            throw error
        }
    }

    /// Removes a file. See `man 2 unlinkat`.
    package func remove(_ relative: FilePath) throws(SystemFailure) {
        let name = try lastName(of: relative)
        let parent = try subfolder(relative.removingLastComponent())
        let result = unsafe name.withPlatformString { unsafe unlinkat(parent.descriptor.raw, $0, 0) }
        guard result == 0 else { throw .current("unlink", path.pushing(relative)) }
    }

    /// Removes what a killed process left unfinished in this folder, and says how many files that were.
    @discardableResult
    package func removeUnfinished() throws(SystemFailure) -> Int {
        let unfinished = try names().filter(Self.isUnfinished).map { FilePath(root: nil, components: $0) }
        for name in unfinished {
            if try statusIfThere(name)?.kind == .folder {
                removeProbe(name)
            } else {
                try remove(name)
            }
        }
        return unfinished.count
    }

    private static func isUnfinished(_ name: FilePath.Component) -> Bool {
        name.string.hasPrefix(AtomicFile.temporaryPrefix) && name.string.hasSuffix(".tmp")
    }

    static func temporaryName(_ number: UInt64) -> FilePath {
        FilePath("\(AtomicFile.temporaryPrefix)\(number).tmp")
    }

    /// Makes the folder's entries durable; with all else of its file system, where that one can't do it for a folder alone.
    package func synchronize() throws(SystemFailure) {
        do throws(SystemFailure) {
            try descriptor.synchronize()
        } catch let error where error.isLackOfAbility {
            guard clinux_synchronize_file_system(descriptor.raw) == 0 else { throw .current("syncfs", path) }
        }
    }

    func replace(_ name: FilePath, by temporary: FilePath) throws(SystemFailure) {
        let result = unsafe temporary.withPlatformString { from in
            unsafe name.withPlatformString { unsafe renameat(descriptor.raw, from, descriptor.raw, $0) }
        }
        guard result == 0 else { throw .current("rename", path.pushing(name)) }
    }

    /// What failed before is told; that its leavings stay is not worth a word beside that.
    private func discard(_ temporary: FilePath) {
        unsafe _ = temporary.withPlatformString { unsafe unlinkat(descriptor.raw, $0, 0) }
    }
}

extension Descriptor {
    /// Writes what is left of another file to the end of this one.
    fileprivate func append(_ other: borrowing Descriptor) throws(SystemFailure) {
        while case let chunk = try other.read(upTo: 1 << 20), !chunk.isEmpty { try write(chunk) }
    }
}
