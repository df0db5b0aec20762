// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Look-ups in hardware (docs/operators.md, O5; docs/streams.md, S11): of tokens, out of a table of their own or the
/// weights of a head that is tied to it, and of learned positions and types of tokens, whose rows are added to what
/// comes (mase_embedding.sv, mase_tied_embedding.sv, mase_position_embedding.sv).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule embeddingModule(const HardwareRequest &request);
/// Whether a head is a linear with this table, in the same format.
bool readsHead(const OperatorDescription &op, const BitTrueFormats &formats, const TiedHead &head);
HardwareModule positionEmbeddingModule(const HardwareRequest &request);
/// Errors  InputError: a type of a token is one bit (S14).
HardwareModule tokenTypeEmbeddingModule(const HardwareRequest &request);

} // namespace mase
