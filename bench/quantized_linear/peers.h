// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The fp32 products that the quantised linear is measured against, where the build found them; all in one thread.
///
/// C = A B^T of dense row-major matrices, A rows x depth, B cols x depth. What a peer can do once for a weight
/// (oneDNN's blocked layout) it does before its clock starts.
#pragma once

#include "mase/support/matrix.h"

#include <functional>
#include <string>
#include <vector>

namespace mase::bench {

struct GemmPeer {
  std::string name; // with its version
  std::function<void()> multiply;
};

/// Every peer there is for these operands, which must outlive it.
std::vector<GemmPeer> gemmPeers(ConstMatrixView a, ConstMatrixView b, MatrixView c);

/// Reads `bytes` of memory as fast as plain loads can, several streams at once; the ceiling of a single-row product.
void readMemory(const void *data, int64_t bytes);

} // namespace mase::bench
