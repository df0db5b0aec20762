// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/onnx/onnx_file.h"

#include "mase/frontend/json.h"
#include "mase/frontend/protobuf.h"
#include "mase/frontend/safetensors.h"
#include "mase/support/error.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

namespace mase::onnx {
namespace {
namespace fs = std::filesystem;

/// No model has as many elements; products below it do not overflow.
constexpr int64_t mostElements = int64_t{1} << 44;
constexpr size_t mostDimensions = 16;

/// Bytes of an element; 0 for types that are not read.
int64_t bytesOf(int64_t type) {
  switch (static_cast<DataType>(type)) {
  case DataType::uint8:
  case DataType::int8:
  case DataType::boolean:
    return 1;
  case DataType::float16:
  case DataType::bfloat16:
    return 2;
  case DataType::float32:
  case DataType::int32:
    return 4;
  case DataType::int64:
  case DataType::float64:
    return 8;
  }
  return 0;
}

int64_t elementsOf(const std::string &file, std::string_view name, std::span<const int64_t> shape) {
  int64_t elements = 1;
  bool isEmpty = false;
  for (const int64_t size : shape) {
    if (size < 0 || size > mostElements || (size > 0 && elements > mostElements / size) ||
        shape.size() > mostDimensions)
      fail("{}: tensor {}: no sensible shape: {}", file, inQuotes(name), shapeText(shape));
    isEmpty |= size == 0;
    elements *= size == 0 ? 1 : size;
  }
  return isEmpty ? 0 : elements;
}

} // namespace

bool isFloat(DataType type) {
  return type == DataType::float32 || type == DataType::float16 || type == DataType::bfloat16 ||
         type == DataType::float64;
}

/// Reads a ModelProto, message by message.
class FileReader {
public:
  FileReader(File &file, fs::path folder) : file_(file), folder_(std::move(folder)) {}

  void model(std::span<const std::byte> bytes) {
    ProtobufMessage message(file_.name_, "ONNX model", bytes);
    bool hasGraph = false;
    while (const uint32_t field = message.next()) {
      if (field == 7 && hasGraph)
        fail("{}: has two graphs", file_.name_);
      if (field == 7) {
        hasGraph = true;
        graph(message.message());
      } else if (field == 8) {
        operatorSet(message.message());
      }
    }
    if (!hasGraph)
      fail("{}: is no ONNX model (it has no graph)", file_.name_);
    // From 13 on axes are inputs and a softmax has one axis; later ones than 25 were not seen.
    if (file_.opset_ < 13 || file_.opset_ > 25)
      fail("{}: has operators of version {} (read: opset 13 to 25)", file_.name_, file_.opset_);
    checkNames();
    order();
  }

private:
  void operatorSet(ProtobufMessage message) {
    std::string domain;
    int64_t version = 0;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        domain = message.text();
      else if (field == 2)
        version = message.integer();
    }
    if (domain.empty() || domain == "ai.onnx")
      file_.opset_ = version;
  }

  void graph(ProtobufMessage message) {
    while (const uint32_t field = message.next()) {
      if (field == 1)
        file_.nodes_.push_back(node(message.message()));
      else if (field == 5)
        initializer(message.message());
      else if (field == 11)
        file_.inputs_.push_back(input(message.message()));
      else if (field == 12)
        file_.outputs_.push_back(input(message.message()).name);
      else if (field == 15)
        fail("{}: has sparse initializers (read: dense ones)", file_.name_);
    }
  }

  void initializer(ProtobufMessage message) {
    auto tensor = std::make_shared<const StoredTensor>(storedTensor(message));
    if (!file_.initializers_.emplace(tensor->name, tensor).second)
      fail("{}: the initializer {} stands twice", file_.name_, inQuotes(tensor->name));
  }

  Input input(ProtobufMessage message) {
    Input input;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        input.name = message.text();
      else if (field == 2)
        type(message.message(), input);
    }
    return input;
  }

  void type(ProtobufMessage message, Input &input) {
    while (message.next() == 1) {
      ProtobufMessage tensor = message.message();
      while (const uint32_t field = tensor.next()) {
        if (field == 1)
          input.type = static_cast<DataType>(tensor.integer());
        else if (field == 2)
          shape(tensor.message(), input.shape);
      }
    }
  }

  void shape(ProtobufMessage message, std::vector<int64_t> &shape) {
    while (message.next() == 1) {
      ProtobufMessage dimension = message.message();
      shape.push_back(-1);
      while (const uint32_t field = dimension.next())
        if (field == 1)
          shape.back() = dimension.integer();
      if (shape.size() > mostDimensions || shape.back() < -1 || shape.back() > mostElements)
        fail("{}: an input has no sensible shape: {}", file_.name_, shapeText(shape));
    }
  }

  Node node(ProtobufMessage message) {
    Node node;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        node.inputs.emplace_back(message.text());
      else if (field == 2)
        node.outputs.emplace_back(message.text());
      else if (field == 3)
        node.name = message.text();
      else if (field == 4)
        node.op = message.text();
      else if (field == 5)
        attribute(message.message(), node);
      else if (field == 7)
        node.domain = message.text() == "ai.onnx" ? "" : message.text();
    }
    return node;
  }

  void attribute(ProtobufMessage message, Node &node) {
    std::string name;
    Attribute value;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        name = message.text();
      else if (field == 2)
        value.number = message.number();
      else if (field == 3)
        value.integer = message.integer();
      else if (field == 4)
        // Bytes, not always text: those that are none name nothing that is read.
        value.text = std::string(reinterpret_cast<const char *>(message.bytes().data()), message.bytes().size());
      else if (field == 5)
        value.tensor = std::make_shared<const StoredTensor>(storedTensor(message.message()));
      else if (field == 7)
        message.appendNumbers(value.numbers);
      else if (field == 8)
        message.appendIntegers(value.integers);
    }
    if (!node.attributes.emplace(name, std::move(value)).second)
      fail("{}: a node {} has the attribute {} twice", file_.name_, inQuotes(node.op), inQuotes(name));
  }

  StoredTensor storedTensor(ProtobufMessage message) {
    StoredTensor tensor;
    tensor.file = file_.name_;
    int64_t type = 0, location = 0;
    std::span<const std::byte> listed;
    std::map<std::string, std::string> external;
    std::vector<float> single;
    bool isRaw = false;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        message.appendIntegers(tensor.shape);
      else if (field == 2)
        type = message.integer();
      else if (field == 4)
        listed.empty() && message.isBytes() ? void(listed = message.bytes()) : message.appendNumbers(single);
      else if (field == 5 || field == 7)
        message.appendIntegers(tensor.integers);
      else if (field == 8)
        tensor.name = message.text();
      else if (field == 9)
        tensor.bytes = message.bytes(), isRaw = true;
      else if (field == 13)
        entry(message.message(), external);
      else if (field == 14)
        location = message.integer();
    }
    if (bytesOf(type) == 0)
      fail("{}: tensor {} has elements of type {} (read: 1, 2, 3, 6, 7, 9, 10, 11, 16)", file_.name_,
           inQuotes(tensor.name), type);
    tensor.type = static_cast<DataType>(type);
    tensor.elements = elementsOf(file_.name_, tensor.name, tensor.shape);
    if (location == 1) {
      tensor.bytes = externalBytes(tensor, external, tensor.elements * bytesOf(type));
      tensor.integers.clear();
    } else if (!isRaw && tensor.type == DataType::float32) {
      if (!single.empty())
        fail("{}: tensor {} lists its numbers one by one (packed, raw or external data is read)", file_.name_,
             inQuotes(tensor.name));
      tensor.bytes = listed;
    }
    const bool isListed = !isRaw && location != 1 && !isFloat(tensor.type);
    const auto count = isListed ? std::ssize(tensor.integers) : std::ssize(tensor.bytes) / bytesOf(type);
    if (count != tensor.elements || (!isListed && std::ssize(tensor.bytes) % bytesOf(type) != 0))
      fail("{}: tensor {} of shape {} has {} elements in the file", file_.name_, inQuotes(tensor.name),
           shapeText(tensor.shape), count);
    if (!isListed)
      tensor.integers.clear();
    return tensor;
  }

  void entry(ProtobufMessage message, std::map<std::string, std::string> &entries) {
    std::string key, value;
    while (const uint32_t field = message.next()) {
      if (field == 1)
        key = message.text();
      else if (field == 2)
        value = message.text();
    }
    entries[key] = value;
  }

  uint64_t numberOf(const StoredTensor &tensor, const std::string &text) {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      fail("{}: tensor {}: {} is no place in external data", file_.name_, inQuotes(tensor.name), inQuotes(text));
    return number;
  }

  std::span<const std::byte> externalBytes(StoredTensor &tensor, std::map<std::string, std::string> &external,
                                           int64_t needed) {
    const std::string location = external["location"];
    // As with an index of safetensors: a name with a folder in it could make us read any file of the user's.
    if (location.empty() || location == "." || location == ".." || folder_.empty() ||
        location.find_first_of(std::string("/\\\0", 3)) != std::string::npos)
      fail("{}: tensor {}: {} is not the name of a file beside the model", file_.name_, inQuotes(tensor.name),
           inQuotes(location));
    const fs::path path = folder_ / location;
    tensor.file = path.string();
    const std::span<const std::byte> all = file_.files_->try_emplace(tensor.file, path).first->second.bytes();
    const uint64_t begin = external.contains("offset") ? numberOf(tensor, external["offset"]) : 0;
    const uint64_t length =
        external.contains("length") ? numberOf(tensor, external["length"]) : static_cast<uint64_t>(needed);
    if (begin > all.size() || length > all.size() - begin)
      fail("{}: tensor {} passes the end of its {} bytes of external data (is it truncated?)", tensor.file,
           inQuotes(tensor.name), all.size());
    ranges_[tensor.file].emplace_back(begin, begin + length, tensor.name);
    return all.subspan(begin, length);
  }

  /// Each name is made once; tensors of external data do not overlap.
  void checkNames() {
    std::set<std::string_view> made;
    for (const auto &[name, tensor] : file_.initializers_)
      made.insert(name);
    for (const Input &input : file_.inputs_)
      // Old exporters list initializers among the inputs, too.
      if (!made.insert(input.name).second && !file_.initializers_.contains(input.name))
        fail("{}: the input {} stands twice", file_.name_, inQuotes(input.name));
    for (const Node &node : file_.nodes_)
      for (const std::string &output : node.outputs)
        if (!output.empty() && !made.insert(output).second)
          fail("{}: {} is made twice (the second time by a node {})", file_.name_, inQuotes(output), inQuotes(node.op));
    for (auto &[file, ranges] : ranges_) {
      std::sort(ranges.begin(), ranges.end());
      for (size_t i = 0; i + 1 < ranges.size(); ++i)
        if (std::get<1>(ranges[i]) > std::get<0>(ranges[i + 1]))
          fail("{}: tensors {} and {} overlap", file, inQuotes(std::get<2>(ranges[i])),
               inQuotes(std::get<2>(ranges[i + 1])));
    }
  }

  /// Puts nodes behind those that they read, which also finds cycles and names that nothing makes.
  void order() {
    std::vector<Node> &nodes = file_.nodes_;
    std::map<std::string_view, size_t> maker;
    for (size_t i = 0; i < nodes.size(); ++i)
      for (const std::string &output : nodes[i].outputs)
        maker[output] = i;
    std::set<std::string_view> given;
    for (const auto &[name, tensor] : file_.initializers_)
      given.insert(name);
    for (const Input &input : file_.inputs_)
      given.insert(input.name);
    std::vector<std::vector<size_t>> readers(nodes.size());
    std::vector<size_t> missing(nodes.size()), ready, sorted;
    for (size_t i = 0; i < nodes.size(); ++i)
      for (const std::string &name : nodes[i].inputs) {
        if (name.empty() || given.contains(name))
          continue;
        const auto found = maker.find(name);
        if (found == maker.end())
          fail("{}: node {} ({}) reads {}, which nothing makes", file_.name_, inQuotes(nodes[i].name), nodes[i].op,
               inQuotes(name));
        readers[found->second].push_back(i);
        ++missing[i];
      }
    for (size_t i = nodes.size(); i-- > 0;)
      if (missing[i] == 0)
        ready.push_back(i);
    while (!ready.empty()) {
      const size_t i = ready.back();
      ready.pop_back();
      sorted.push_back(i);
      for (const size_t reader : readers[i])
        if (--missing[reader] == 0)
          ready.push_back(reader);
    }
    if (sorted.size() < nodes.size())
      for (size_t i = 0; i < nodes.size(); ++i)
        if (missing[i] > 0)
          fail("{}: node {} ({}) is in a cycle, or reads one", file_.name_, inQuotes(nodes[i].name), nodes[i].op);
    std::vector<Node> inOrder;
    inOrder.reserve(nodes.size());
    for (const size_t i : sorted)
      inOrder.push_back(std::move(nodes[i]));
    nodes = std::move(inOrder);
  }

  File &file_;
  fs::path folder_;
  std::map<std::string, std::vector<std::tuple<uint64_t, uint64_t, std::string>>> ranges_;
};

File File::open(const fs::path &path) {
  File file;
  file.name_ = path.string();
  const std::span<const std::byte> bytes = file.files_->try_emplace("", path).first->second.bytes();
  FileReader(file, fs::absolute(path).parent_path()).model(bytes);
  return file;
}

File File::parse(const std::string &name, std::span<const std::byte> bytes) {
  File file;
  file.name_ = name;
  FileReader(file, {}).model(bytes);
  return file;
}

namespace {

template <typename T>
double at(std::span<const std::byte> bytes, int64_t i) {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

uint16_t bitsAt(std::span<const std::byte> bytes, int64_t i) {
  uint16_t value;
  std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof value, sizeof value);
  return value;
}

/// Infinities, too: masks of scores have them.
double halfOf(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 0x3FF;
  const double size = exponent == 31  ? (mantissa == 0 ? HUGE_VAL : std::nan(""))
                      : exponent == 0 ? std::ldexp(mantissa, -24)
                                      : std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -size : size;
}

} // namespace

std::vector<double> numbersOf(const StoredTensor &tensor, int64_t most) {
  if (tensor.elements > most)
    fail("{}: tensor {} of shape {} is too large where a small one is read (at most {} elements)", tensor.file,
         inQuotes(tensor.name), shapeText(tensor.shape), most);
  std::vector<double> numbers(static_cast<size_t>(tensor.elements));
  const bool isListed = !isFloat(tensor.type) && !tensor.integers.empty();
  for (int64_t i = 0; i < tensor.elements; ++i) {
    double &number = numbers[static_cast<size_t>(i)];
    if (isListed)
      number = static_cast<double>(tensor.integers[static_cast<size_t>(i)]);
    else if (tensor.type == DataType::float32)
      number = at<float>(tensor.bytes, i);
    else if (tensor.type == DataType::float64)
      number = at<double>(tensor.bytes, i);
    else if (tensor.type == DataType::bfloat16)
      number = std::bit_cast<float>(uint32_t{bitsAt(tensor.bytes, i)} << 16);
    else if (tensor.type == DataType::float16)
      number = halfOf(bitsAt(tensor.bytes, i));
    else if (tensor.type == DataType::int64)
      number = at<int64_t>(tensor.bytes, i);
    else if (tensor.type == DataType::int32)
      number = at<int32_t>(tensor.bytes, i);
    else if (tensor.type == DataType::int8)
      number = at<int8_t>(tensor.bytes, i);
    else
      number = at<uint8_t>(tensor.bytes, i);
  }
  return numbers;
}

} // namespace mase::onnx
