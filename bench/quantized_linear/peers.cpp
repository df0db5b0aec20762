// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/quantized_linear/peers.h"

#include <fmt/core.h>
#include <memory>

#if MASE_HAVE_OPENBLAS
#include <cblas.h>
#endif
#if MASE_HAVE_DNNL
#include <dnnl.hpp>
#include <omp.h>
#endif

namespace mase::bench {

#if MASE_HAVE_OPENBLAS
namespace {

GemmPeer openblas(ConstMatrixView a, ConstMatrixView b, MatrixView c) {
  openblas_set_num_threads(1);
  const auto rows = static_cast<int>(a.rows), cols = static_cast<int>(b.rows), depth = static_cast<int>(a.cols);
  return {"OpenBLAS " MASE_HAVE_OPENBLAS_VERSION, [=] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, cols, depth, 1, a.data, depth, b.data, depth, 0,
                        c.data, cols);
          }};
}

} // namespace
#endif

#if MASE_HAVE_DNNL
namespace {

GemmPeer onednn(ConstMatrixView a, ConstMatrixView b, MatrixView c) {
  using dnnl::memory;
  using Tag = memory::format_tag;
  omp_set_num_threads(1);
  const auto f32 = memory::data_type::f32;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  auto stream = std::make_shared<dnnl::stream>(engine);
  const memory::desc left({a.rows, a.cols}, f32, Tag::ab), right({a.cols, b.rows}, f32, Tag::any),
      out({a.rows, b.rows}, f32, Tag::ab);
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(left, right, out), engine);
  // B's rows are the columns of what oneDNN multiplies by.
  memory plain({{a.cols, b.rows}, f32, Tag::ba}, engine, const_cast<float *>(b.data));
  memory blocked(description.weights_desc(), engine);
  dnnl::reorder(plain, blocked).execute(*stream, plain, blocked);
  stream->wait();
  const std::unordered_map<int, memory> arguments = {{DNNL_ARG_SRC, memory(left, engine, const_cast<float *>(a.data))},
                                                     {DNNL_ARG_WEIGHTS, blocked},
                                                     {DNNL_ARG_DST, memory(out, engine, c.data)}};
  const dnnl_version_t *version = dnnl::version();
  return {fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch),
          [stream, arguments, multiply = dnnl::matmul(description)] {
            multiply.execute(*stream, arguments);
            stream->wait();
          }};
}

} // namespace
#endif

std::vector<GemmPeer> gemmPeers(ConstMatrixView a, ConstMatrixView b, MatrixView c) {
  std::vector<GemmPeer> peers;
#if MASE_HAVE_OPENBLAS
  peers.push_back(openblas(a, b, c));
#endif
#if MASE_HAVE_DNNL
  peers.push_back(onednn(a, b, c));
#endif
  return peers;
}

} // namespace mase::bench
