// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Report
import Testing

@Suite struct ReviewPageTests {
    private static func picture(_ file: String, heatmap: [UInt8]? = [4, 5, 6]) -> ReviewPage.Picture {
        ReviewPage.Picture(
            file: file, reason: "drawn by chance", verdict: "normal, P(disease) 0.12", thumbnail: [1, 2, 3],
            heatmap: heatmap)
    }

    private static func page(_ pictures: [ReviewPage.Picture], waiting: Int? = nil, answered: Int = 2) -> String {
        ReviewPage(pictures, waiting: waiting ?? pictures.count, answered: answered, labelled: "/srv/fundusd/labelled")
            .text
    }

    @Test func `the page is whole, needs nothing from elsewhere, and runs nothing`() {
        let check = MarkupCheck(Self.page([Self.picture("a.jpg"), Self.picture("b.jpg", heatmap: nil)]))
        #expect(check.faults == [])
        #expect(check.tagCounts["script"] == nil)
        #expect(check.tagCounts["img"] == 3 && check.tagCounts["article"] == 2)
    }

    /// A reader who sees it first follows it.
    @Test func `what the program said and where it looked are folded away`() throws {
        let page = Self.page([Self.picture("a.jpg")])
        let folded = page.components(separatedBy: "<details>").dropFirst()
        #expect(folded.count == 1 && !page.contains("<details open"))
        let before = try #require(page.components(separatedBy: "<details>").first)
        #expect(!before.contains("P(disease)") && folded.last?.contains("normal, P(disease) 0.12") == true)
    }

    /// What the program would not judge has no heatmap: before the page is unfolded nothing may tell.
    @Test func `a picture with a heatmap looks like one without until somebody asks`() {
        let pages = [[4, 5, 6], nil].map { (heatmap: [UInt8]?) in
            Self.page([Self.picture("a.jpg", heatmap: heatmap)]).components(separatedBy: "</summary>")
        }
        #expect(pages[0].count == 2 && pages[0][0] == pages[1][0] && pages[0][1] != pages[1][1])
    }

    @Test(arguments: [
        ("eye 1.jpg", "./eye%201.jpg"), ("100%.jpg", "./100%25.jpg"), ("ü#?.jpg", "./%C3%BC%23%3F.jpg"),
        ("a\"b.jpg", "./a%22b.jpg"), ("javascript:x.jpg", "./javascript%3Ax.jpg"),
    ]) func `a picture's name leads to its file and nowhere else`(name: String, address: String) {
        let page = Self.page([Self.picture(name)])
        #expect(page.contains("href=\"\(address)\""))
        #expect(MarkupCheck(page).faults == [])
    }

    @Test(arguments: ["<script>alert(1)</script>.jpg", "\" onerror=\"x", "a&b<b>.jpg", "a\u{1B}[31m\u{0}.jpg"])
    func `names from strangers are text and nothing else`(name: String) {
        let page = Self.page([Self.picture(name)])
        let check = MarkupCheck(page)
        #expect(check.faults == [] && check.tagCounts["script"] == nil && check.tagCounts["b"] == nil)
        #expect(!page.contains("\u{1B}") && !page.contains("\u{0}"))
    }

    @Test(
        arguments: [
            (waiting: 0, answered: 0, title: "Nothing to look at", progress: nil),
            (0, 7, "Nothing to look at", "7 of 7 answered"), (1, 0, "1 picture to look at", "0 of 1 answered"),
            (3, 5, "3 pictures to look at", "5 of 8 answered"),
        ] as [(waiting: Int, answered: Int, title: String, progress: String?)])
    func `the head says how many wait and how many are answered`(
        waiting: Int, answered: Int, title: String, progress: String?
    ) {
        let page = Self.page(
            (0..<waiting).map { Self.picture("\($0).jpg") }, waiting: waiting, answered: answered)
        #expect(page.contains("<h1>\(title)</h1>"))
        #expect(progress.map { page.contains($0) } ?? !page.contains("<progress"))
        #expect(MarkupCheck(page).faults == [])
    }

    @Test func `a page that would be too long says how many are left`() {
        let page = Self.page((0..<150).map { Self.picture("\($0).jpg", heatmap: nil) })
        #expect(MarkupCheck(page).tagCounts["article"] == ReviewPage.picturesShown)
        #expect(page.contains("50 more pictures come here"))
    }
}
