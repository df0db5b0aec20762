// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/exported_model.h"

#include "mase/frontend/packed_weights.h"
#include "mase/frontend/safetensors_writer.h"
#include "mase/frontend/written_model.h"
#include "mase/ops/cast/cast_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/weight/weight_ir.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/progress.h"

#include <bit>
#include <cmath>

namespace mase {
namespace {
namespace fs = std::filesystem;

/// A part of a tensor that a linear reads, in a format.
struct Part {
  std::string module;
  WeightView view;
  const Format *format;
};

/// What reads a tensor.
struct Readers {
  std::vector<Part> linears;
  bool others = false; // something that is not quantised: an embedding
};

void addReaders(ir::WeightOp weight, mlir::Value value, Readers &readers) {
  for (mlir::OpOperand &use : value.getUses()) {
    auto linear = mlir::dyn_cast<ir::LinearOp>(use.getOwner());
    if (auto cast = mlir::dyn_cast<ir::CastOp>(use.getOwner()))
      addReaders(weight, cast.getResult(), readers);
    else if (linear && linear.getWeight() == value)
      readers.linears.push_back({linear.getModule().str(), ir::viewOf(weight), &ir::formatOf(value)});
    else
      readers.others = true;
  }
}

/// One tensor of the new folder: the source's, with some parts quantised.
struct Job {
  std::string name;
  const Tensor *source;
  std::vector<Part> parts; // disjoint
};

bool isQuantized(const Part &part) { return part.format != &fp32(); }

std::vector<Part> distinct(const std::string &name, const std::vector<Part> &parts) {
  std::map<std::string, Part> byView;
  for (const Part &part : parts)
    if (const auto [place, isNew] = byView.try_emplace(part.view.key(), part);
        !isNew && place->second.format != part.format)
      fail("tensor {} is read in {} and in {}, which one tensor cannot hold (one format for both modules)", name,
           place->second.format->name(), part.format->name());
  std::vector<Part> result;
  for (const auto &[key, part] : byView)
    if (isQuantized(part))
      result.push_back(part);
  return result;
}

std::vector<Job> jobsOf(Model &model, ExportReport &report) {
  std::map<std::string, Readers> readers;
  model.module().walk(
      [&](ir::WeightOp weight) { addReaders(weight, weight.getResult(), readers[weight.getName().str()]); });
  std::vector<Job> jobs;
  std::map<std::string, Job> heads; // by the name of what would be its own tensor
  for (const Tensor &tensor : model.tensors().tensors()) {
    const Readers &of = readers[tensor.name];
    const std::vector<Part> parts = distinct(tensor.name, of.linears);
    report.weights += std::ssize(parts);
    jobs.push_back({tensor.name, &tensor, of.others ? std::vector<Part>() : parts});
    if (of.others)
      for (const Part &part : parts)
        heads[part.module + ".weight"] = {part.module + ".weight", &tensor, {part}};
  }
  report.untied = !heads.empty();
  // A checkpoint may hold a copy of the embedding under the head's name.
  std::erase_if(jobs, [&](const Job &job) { return heads.contains(job.name); });
  for (auto &[name, job] : heads)
    jobs.push_back(std::move(job));
  return jobs;
}

/// The tensor's numbers with its parts quantised, as a plan with the same formats has them.
std::vector<float> valuesOf(const Job &job) {
  std::vector<float> values(static_cast<size_t>(job.source->elements));
  toFloat(*job.source, values.data());
  for (const Part &part : job.parts) {
    // Its values are the format's already; once more might change them.
    if (job.source->packed && job.source->packed->format == part.format)
      continue;
    std::vector<float> weight = viewed(part.view, values);
    const int64_t cols = part.view.shape.back();
    const MatrixView matrix = {weight.data(), std::ssize(weight) / cols, cols};
    part.format->fakeQuantize(matrix, matrix);
    putBack(part.view, weight, values);
  }
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail("{}: tensor {} has no number in its format at element {} (a format of more range)", job.source->file,
           job.name, i);
  return values;
}

/// To nearest even. How many numbers changed is added to `rounded`.
std::vector<uint16_t> toBf16(const std::vector<float> &values, int64_t &rounded) {
  std::vector<uint16_t> result;
  result.reserve(values.size());
  for (const float value : values) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const uint32_t kept = (bits + 0x7fffU + (bits >> 16 & 1)) >> 16;
    rounded += kept << 16 != bits;
    result.push_back(static_cast<uint16_t>(kept));
  }
  return result;
}

nlohmann::ordered_json configOf(Model &model, ExportDtype dtype, bool untied) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(model.files().configText());
  json.erase("quantization_config");
  json[json.contains("dtype") ? "dtype" : "torch_dtype"] = dtype == ExportDtype::bf16 ? "bfloat16" : "float32";
  if (untied)
    json["tie_word_embeddings"] = false;
  return json;
}

} // namespace

ExportReport exportModel(Model &model, ExportDtype dtype, const fs::path &directory) {
  checkPlace(directory, model.directory());
  ExportReport report;
  const std::vector<Job> jobs = jobsOf(model, report);
  std::vector<TensorEntry> entries;
  for (const Job &job : jobs) {
    const Tensor &tensor = *job.source;
    if (tensor.dtype == Dtype::NotFloat) // a buffer of the architecture
      entries.push_back({job.name, tensor.dtypeName, tensor.shape, std::ssize(tensor.bytes)});
    else if (dtype == ExportDtype::bf16)
      entries.push_back({job.name, "BF16", tensor.shape, 2 * tensor.elements});
    else
      entries.push_back({job.name, "F32", tensor.shape, 4 * tensor.elements});
  }
  OutputDirectory output(directory);
  SafetensorsWriter writer(output.staging() / "model.safetensors", {{"format", "pt"}}, entries);
  ProgressBar bar("export", std::ssize(jobs));
  for (size_t i = 0; i < jobs.size(); ++i) {
    const Job &job = jobs[i];
    if (job.source->dtype == Dtype::NotFloat) {
      writer.write(job.name, job.source->bytes);
      continue;
    }
    const std::vector<float> values = valuesOf(job);
    if (dtype == ExportDtype::bf16) {
      const std::vector<uint16_t> halves = toBf16(values, report.rounded);
      writer.write(job.name, std::as_bytes(std::span(halves)));
    } else {
      writer.write(job.name, std::as_bytes(std::span(values)));
    }
    bar.update(static_cast<int64_t>(i) + 1);
  }
  writer.finish();
  writeCompanions(model, configOf(model, dtype, report.untied), output.staging());
  output.commit();
  return report;
}

} // namespace mase
