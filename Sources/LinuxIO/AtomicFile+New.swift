package import SystemPackage

extension AtomicFile {
    /// Writes a file under a name that nothing has, whole or not at all; false, and nothing is changed, where one has it.
    ///
    /// The name is taken by `man 2 link`, which never replaces: nobody's file can come in between a look and a rename.
    package static func writeNew(_ bytes: [UInt8], to path: FilePath) throws(SystemFailure) -> Bool {
        let temporary = path.removingLastComponent().appending(
            "\(temporaryPrefix)\(UInt64.random(in: 0 ... .max)).tmp")
        try write(bytes, to: temporary)
        do throws(SystemFailure) {
            let isNew = try takeName(path, for: temporary)
            try synchronizeFolder(of: path)
            return isNew
        } catch {
            try? remove(temporary)
            throw error
        }
    }

    private static func takeName(_ path: FilePath, for temporary: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            let isNew = try link(temporary, to: path)
            try remove(temporary)
            return isNew
        } catch let error where error.code == .notPermitted || error.code == .notSupported {
            // File systems without second names, such as exFAT.
            guard try FileStatus.ofEntry(path) == nil else {
                try remove(temporary)
                return false
            }
            try rename(temporary, to: path)
            return true
        }
    }
}
