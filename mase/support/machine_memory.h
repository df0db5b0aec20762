// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How much memory there is: what decides whether a model's weights are all resident.
///
/// The machine's own count: limits of a container's control group are not looked at.
#pragma once

namespace mase {

/// Bytes of physical memory.
double memoryOfMachine();

} // namespace mase
