// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/verilated_models.h"

#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"
#include "mase/support/progress.h"

#include <algorithm>
#include <atomic>
#include <dlfcn.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

/// What the library exports: create, destroy, eval, and where each port lies.
std::string exports(const ModelSource &source) {
  std::string ports;
  for (const KindPort &port : source.ports)
    ports += fmt::format("  *data++ = &m.{0}; *bytes++ = sizeof(m.{0});\n", port.name);
  return fmt::format(R"(#include "Vmodel.h"
#define EXPORT extern "C" __attribute__((visibility("default")))
namespace {{ struct Model {{ VerilatedContext context; Vmodel top{{&context}}; }}; }}
EXPORT void *mase_create(void **data, unsigned long *bytes) {{
  auto *model = new Model;
  Vmodel &m = model->top;
{}  return model;
}}
EXPORT void mase_destroy(void *model) {{ delete static_cast<Model *>(model); }}
EXPORT void mase_eval(void *model) {{ static_cast<Model *>(model)->top.eval(); }}
)",
                     ports);
}

void buildModel(const VerilatorTools &tools, const fs::path &runtime, const ModelSource &source,
                const std::vector<fs::path> &library, const fs::path &to) {
  writeFile(to / (source.name + ".sv"), source.text);
  std::vector<std::string> verilate = tools.verilate;
  verilate.insert(verilate.end(), {"--Mdir", to / "model", "--prefix", "Vmodel", "--top-module", source.name,
                                   to / (source.name + ".sv")});
  verilate.insert(verilate.end(), library.begin(), library.end());
  runTool(verilate);
  std::string unit = exports(source);
  for (const fs::path &file : filesOf(to / "model", ".cpp"))
    unit += fmt::format("#include \"{}\"\n", file.filename().string());
  writeFile(to / "all.cpp", unit);
  runTool(tools.compileWith({"-fvisibility=hidden", "-include", runtime / "shared.h", "-I" + (to / "model").string(),
                             "-shared", "-Wl,-Bsymbolic", "-o", to / "model.so", to / "all.cpp",
                             runtime / "verilated.o", runtime / "verilated_threads.o", "-pthread"}));
  fs::remove_all(to / "model");
}

template <typename Function>
Function symbol(void *handle, const char *name) {
  return reinterpret_cast<Function>(dlsym(handle, name));
}

} // namespace

VerilatedLibrary::VerilatedLibrary(const std::vector<ModelSource> &sources, const std::vector<fs::path> &library,
                                   const fs::path &cache) {
  const VerilatorTools tools;
  ContentHash shared;
  shared.add(tools.versions);
  for (const std::string &argument : tools.compileWith({}))
    shared.add(argument);
  for (const std::string &argument : tools.verilate)
    shared.add(argument);
  std::vector<fs::path> sorted = library; // in whatever order they come, the same files make the same model
  std::sort(sorted.begin(), sorted.end(),
            [](const fs::path &a, const fs::path &b) { return a.filename() < b.filename(); });
  for (const fs::path &file : sorted)
    shared.add(readTextFile(file));
  std::vector<std::pair<const ModelSource *, fs::path>> work;
  std::map<std::string, fs::path> entries;
  for (const ModelSource &source : sources) {
    ContentHash hash = shared;
    hash.add(source.text);
    hash.add(exports(source));
    const fs::path entry = cache / (source.name + "-" + hash.text());
    entries[source.name] = entry;
    if (!fs::exists(entry))
      work.emplace_back(&source, entry);
  }
  if (!work.empty()) {
    const fs::path runtime = verilatorRuntime(tools, cache);
    ProgressBar progress("building", static_cast<int64_t>(work.size()));
    std::atomic<int64_t> done = 0;
    parallelFor(static_cast<int64_t>(work.size()), [&](int64_t i) {
      const auto &[source, entry] = work[static_cast<size_t>(i)];
      makeEntry(entry, [&, source = source](const fs::path &to) { buildModel(tools, runtime, *source, library, to); });
      progress.update(++done, source->name);
    });
  }
  for (const ModelSource &source : sources) {
    // Verilator's runtime keeps buffers in variables of its own for as long as the process runs: unloaded, they would
    // leak.
    void *handle = dlopen((entries[source.name] / "model.so").c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
      fail("{}: cannot be loaded: {}", (entries[source.name] / "model.so").string(), dlerror());
    loaded_[source.name] = {source.ports, {handle, [](void *h) { dlclose(h); }}};
  }
}

VerilatedModel VerilatedLibrary::make(const std::string &name) const {
  const Loaded &loaded = loaded_.at(name);
  void *handle = loaded.handle.get();
  std::vector<void *> data(loaded.ports.size());
  std::vector<unsigned long> bytes(loaded.ports.size());
  VerilatedModel model;
  model.library_ = loaded.handle;
  model.model_ = symbol<void *(*)(void **, unsigned long *)>(handle, "mase_create")(data.data(), bytes.data());
  model.eval_ = symbol<void (*)(void *)>(handle, "mase_eval");
  model.destroy_ = symbol<void (*)(void *)>(handle, "mase_destroy");
  for (size_t i = 0; i < data.size(); ++i)
    model.ports_[loaded.ports[i].name] = {static_cast<uint8_t *>(data[i]), bytes[i]};
  return model;
}

VerilatedModel::Port VerilatedModel::port(const std::string &name) const { return ports_.at(name); }

VerilatedModel::VerilatedModel(VerilatedModel &&other) noexcept
    : model_(std::exchange(other.model_, nullptr)), eval_(other.eval_), destroy_(other.destroy_),
      library_(std::move(other.library_)), ports_(std::move(other.ports_)) {}

VerilatedModel::~VerilatedModel() {
  if (model_)
    destroy_(model_);
}

} // namespace mase
