// SPDX-License-Identifier: Apache-2.0
// libyaml (https://pyyaml.org/wiki/LibYAML). Called by Settings only.

#include <yaml.h>
