// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Report

@Suite struct HTMLTextTests {
    @Test(arguments: [
        ("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;"), ("größer \u{1F441}", "größer \u{1F441}"), ("", ""),
        ("a\u{0}\u{1B}\n\u{7F}\u{85}", "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ])
    func `a text can stand in content and in an attribute`(text: String, escaped: String) {
        #expect(HTMLText.escaped(text) == escaped)
    }
}
