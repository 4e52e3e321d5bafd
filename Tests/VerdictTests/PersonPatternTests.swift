// SPDX-License-Identifier: Apache-2.0
import Testing
import Verdict

/// Whose eye a file's name says that it shows.
@Suite struct PersonPatternTests {
    @Test(arguments: [
        ("0042_left.jpg", "0042"), ("Meier-OD-2024.jpg", "Meier"), ("odir__2166_left_60_Male_C.jpg", "odir__2166"),
        ("a b.R.jpeg", "a b"), ("12_RIGHT.JPG", "12"),
    ])
    func `a word for an eye ends the person's name`(name: String, person: String) {
        #expect(PersonPattern.eyes.person(in: name) == person)
    }

    @Test(arguments: ["IMG_0001.jpg", "left.jpg", "bright.jpg", "0042left.jpg", "", "photo_le_12.jpg"])
    func `a name without one is nobody's`(name: String) { #expect(PersonPattern.eyes.person(in: name) == nil) }

    @Test func `a pattern of one's own`() throws {
        let pattern = try PersonPattern("^([0-9]+)x")
        #expect(pattern.person(in: "77x1.jpg") == "77" && pattern.person(in: "x77.jpg") == nil)
    }

    @Test(arguments: ["([", "^[0-9]+"])
    func `what is no pattern, or has no part for the person, is refused`(text: String) {
        #expect(throws: PersonPatternFault.self) { try PersonPattern(text) }
    }
}
