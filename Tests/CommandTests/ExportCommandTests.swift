// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import SystemPackage
import Testing

/// Verdicts as FHIR R4 resources. Whether they are valid by the standard, `make fhir-validity` asks libraries that are made
/// from the standard's own definitions; here stands what they say.
@Suite struct ExportCommandTests {
    private struct Bundle: Decodable {
        struct Entry: Decodable {
            let fullUrl: String
            let resource: Resource
        }
        struct Concept: Decodable {
            struct Coding: Decodable { let code: String }
            let coding: [Coding]?
            let text: String
        }
        struct Reference: Decodable { let reference: String? }
        struct Component: Decodable {
            struct Quantity: Decodable { let value: Double }
            let code: Concept
            let valueQuantity: Quantity
        }
        struct Narrative: Decodable { let div: String }
        struct Resource: Decodable {
            let resourceType: String
            let text: Narrative
            let status: String
            let subject: Reference?
            let result: [Reference]?
            let conclusion: String?
            let valueCodeableConcept: Concept?
            let dataAbsentReason: Concept?
            let bodySite: Concept?
            let component: [Component]?
        }
        let type: String
        let entry: [Entry]

        var report: Resource { entry[0].resource }
        var observation: Resource { entry[1].resource }
    }

    private func site() throws -> ScreeningSite {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write(SyntheticPictures.encode(SyntheticPictures.tooDark()), to: "inbox/dark.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        return site
    }

    private func bundles(_ outcome: Fundusd.Outcome) throws -> [Bundle] {
        try outcome.lines.map { try JSONDecoder().decode(Bundle.self, from: Data($0.utf8)) }
    }

    @Test func `a judged eye is a preliminary report with an observation that has a value`() throws {
        let site = try site()
        let outcome = try site.runBare(["export", "--patient", "Patient/7", "outbox/eye.jpg.json"])
        #expect(outcome.status == 0)
        let bundle = try #require(try bundles(outcome).first)
        let verdict = try site.publishedVerdict(of: "eye.jpg")
        #expect(bundle.type == "collection")
        #expect(bundle.entry.map(\.resource.resourceType) == ["DiagnosticReport", "Observation"])
        #expect(bundle.entry.allSatisfy { $0.resource.status == "preliminary" })
        #expect(bundle.entry.allSatisfy { $0.resource.subject?.reference == "Patient/7" })
        #expect(bundle.report.result?.first?.reference == bundle.entry[1].fullUrl)
        #expect(bundle.observation.valueCodeableConcept?.coding?.first?.code == verdict.outcome)
        #expect(bundle.observation.component?.first?.valueQuantity.value == verdict.probability)
        let conclusion = try #require(bundle.report.conclusion)
        #expect(conclusion.hasSuffix("Research use only. Not a medical device."))
        #expect(bundle.report.text.div == "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(conclusion)</div>")
        #expect(
            bundle.observation.text.div.contains("Probability of disease by the model: \(verdict.probability ?? -1)"))
    }

    @Test(arguments: ["text.jpg", "dark.jpg"])
    func `what is no verdict on the eye has no value, and says why`(name: String) throws {
        let site = try site()
        let bundle = try #require(try bundles(try site.runBare(["export", "outbox/\(name).json"])).first)
        let verdict = try site.publishedVerdict(of: name)
        #expect(bundle.observation.valueCodeableConcept == nil)
        #expect(bundle.observation.dataAbsentReason?.coding?.first?.code == "not-performed")
        #expect(bundle.observation.dataAbsentReason?.text.hasPrefix(verdict.outcome) == true)
        #expect(bundle.report.conclusion?.hasPrefix("Take the photograph again.") == true)
        #expect(bundle.observation.text.div.contains("Not judged. \(verdict.outcome): "))
        #expect(bundle.report.subject == nil)
    }

    @Test func `the same verdict has the same identity each time, another one another`() throws {
        let site = try site()
        let first = try bundles(try site.runBare(["export", "outbox/eye.jpg.json", "outbox/text.jpg.json"]))
        let again = try bundles(try site.runBare(["export", "--format", "fhir", "outbox/eye.jpg.json"]))
        #expect(first.count == 2 && Set(first.flatMap { $0.entry.map(\.fullUrl) }).count == 4)
        #expect(first[0].entry.map(\.fullUrl) == again[0].entry.map(\.fullUrl))
        // RFC 9562, 5.8: version 8, variant 10.
        #expect(
            first[0].entry[0].fullUrl.contains(
                /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/))
    }

    @Test func `an exam is one report on two eyes, of which one may not be known`() throws {
        let site = try site()
        try site.write(Eyes.first, to: "inbox/7_left.jpg")
        #expect(try site.run("screen", "--once", "--exams", "true").status == 0)
        let outcome = try site.runBare(["export", "--patient", "Patient/7", "outbox/exams/7.json"])
        let bundle = try #require(try bundles(outcome).first)
        #expect(bundle.entry.map(\.resource.resourceType) == ["DiagnosticReport", "Observation", "Observation"])
        #expect(bundle.report.result?.map(\.reference) == bundle.entry.dropFirst().map(\.fullUrl))
        #expect(bundle.entry.allSatisfy { $0.resource.subject?.reference == "Patient/7" })
        let (right, left) = (bundle.entry[1].resource, bundle.entry[2].resource)
        #expect(right.bodySite?.text == "Right eye" && left.bodySite?.text == "Left eye")
        #expect(right.valueCodeableConcept == nil && right.dataAbsentReason?.text == "right-eye-missing")
        let verdict = try site.publishedVerdict(of: "7_left.jpg")
        #expect(left.valueCodeableConcept?.coding?.first?.code == verdict.outcome)
        #expect(left.component?.first?.valueQuantity.value == verdict.probability && left.dataAbsentReason == nil)
        #expect(bundle.report.conclusion?.contains("No photograph of the right eye has come. Take one.") == true)
    }

    @Test func `classify prints the same resources`() throws {
        let site = try site()
        let bundle = try #require(try bundles(try site.run("classify", "--format", "fhir", "inbox/eye.jpg")).first)
        #expect(bundle.observation.valueCodeableConcept?.coding?.first?.code != nil)
    }

    @Test(arguments: [("inbox/eye.jpg", 65, "is no verdict or exam of fundusd"), ("outbox/none.json", 66, "none.json")])
    func `what is no verdict is refused`(path: String, status: Int, sentence: String) throws {
        let outcome = try site().runBare(["export", path])
        #expect(outcome.status == status && outcome.errors.contains(sentence) && outcome.output.isEmpty)
    }
}
