# SPDX-License-Identifier: Apache-2.0
"""What a camera's user might try against the installed service; hostile-checks plays it."""
