// SPDX-License-Identifier: Apache-2.0
package import Review
package import SystemPackage

/// How pictures get to people, where a site wants that.
package struct ReviewRules: Sendable {
    package let plan: ReviewPlan
    /// Where people find the pictures.
    package let folder: FilePath

    package init(plan: ReviewPlan, folder: FilePath) {
        self.plan = plan
        self.folder = folder
    }
}
