// SPDX-License-Identifier: Apache-2.0
/// What the program said of a picture that it judged.
package enum JudgedClass: String, Sendable, CaseIterable {
    case disease, normal
}

/// What people answered of some pictures.
package struct ReviewAnswers: Sendable, Equatable {
    package var disease: Double
    package var normal: Double
    /// The program judged them, and a person would not have.
    package var ungradable: Double

    package init(disease: Double = 0, normal: Double = 0, ungradable: Double = 0) {
        self.disease = disease
        self.normal = normal
        self.ungradable = ungradable
    }

    package var count: Double { disease + normal + ungradable }
    package var gradable: Double { disease + normal }
}

/// Pictures of one verdict that had one probability of being drawn for review, and what people answered of those who were.
///
/// Within a cell, drawing is by chance alone, and who is not answered is taken for such a one as who is: then the cell's
/// answers, multiplied by pictures over answers, speak for all of it. That multiplier is the inverse of the probability of
/// being drawn *and* answered.
package struct ReviewedCell: Sendable, Equatable {
    package let judged: JudgedClass
    /// Of the part of the pictures that it is: cells of one stratum may stand in for each other.
    package let stratum: String
    /// All pictures, drawn or not.
    package var pictures: Int
    package var answers: ReviewAnswers

    package init(_ judged: JudgedClass, stratum: String = "sample", pictures: Int, answers: ReviewAnswers) {
        precondition(Double(pictures) >= answers.count, "a picture has one answer at most")
        self.judged = judged
        self.stratum = stratum
        self.pictures = pictures
        self.answers = answers
    }

    /// How many pictures an answer speaks for.
    package var weight: Double? { answers.count > 0 ? Double(pictures) / answers.count : nil }
}

extension [ReviewedCell] {
    /// The same pictures without cells of which nothing is known: those go to a cell of the same verdict, if there is one of
    /// their stratum to that, else to the largest. Nothing comes of a verdict of which no picture was answered.
    var withoutSilentCells: [ReviewedCell]? {
        var kept: [ReviewedCell] = []
        for judged in JudgedClass.allCases {
            let cells = filter { $0.judged == judged && $0.pictures > 0 }
            var speaking = cells.filter { $0.answers.gradable > 0 }
            for silent in cells where silent.answers.gradable == 0 {
                let alike = speaking.indices.filter { speaking[$0].stratum == silent.stratum }
                let places = alike.isEmpty ? Swift.Array(speaking.indices) : alike
                guard let place = places.max(by: { speaking[$0].pictures < speaking[$1].pictures }) else { return nil }
                speaking[place].pictures += silent.pictures
                speaking[place].answers.ungradable += silent.answers.ungradable
            }
            kept += speaking
        }
        return kept
    }
}
