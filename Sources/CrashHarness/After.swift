// SPDX-License-Identifier: Apache-2.0
/// What becomes of an image that has its verdict: the values of `after`.
package enum After: String, Sendable, CaseIterable {
    case keep, archive, delete
}
