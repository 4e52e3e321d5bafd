// SPDX-License-Identifier: Apache-2.0
/// What a person says of a picture; the name of the folder that such pictures are moved into.
package enum GivenLabel: String, Sendable, CaseIterable {
    case disease, normal, ungradable
}
