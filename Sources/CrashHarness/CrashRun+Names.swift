// SPDX-License-Identifier: Apache-2.0

/// What the pictures of a history are called.
extension CrashRun {
    mutating func newName(below folder: String = "") -> String {
        let person = "p\(names.count / 3 % 4)"  // Two of three show an eye of one of four persons.
        let eye = ["eye", "\(person)_left_", "\(person)_right_"][names.count % 3]
        return "\(folder)\(eye)-\(names.count)-\(chance(1000)).jpg"
    }
}
