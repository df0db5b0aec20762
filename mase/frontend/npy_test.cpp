// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/npy.h"

#include "mase/frontend/refusals.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Npy, AsNumPyWritesIt) {
  // np.save of np.array([[1, -2, 0.5]], dtype=np.float32), NumPy 1.24
  std::string bytes = std::string("\x93NUMPY\x01\x00v\x00", 10) +
                      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }" + std::string(58, ' ') + "\n" +
                      std::string("\x00\x00\x80?\x00\x00\x00\xc0\x00\x00\x00?", 12);
  NpyArray array = parseNpy("x.npy", bytes);
  EXPECT_THAT(array.shape, ElementsAre(1, 3));
  EXPECT_THAT(array.values, ElementsAre(1.0f, -2.0f, 0.5f));
  EXPECT_EQ(npyBytes(array), bytes);
}

TEST(Npy, ThereAndBack) {
  ScratchFolder folder("npy");
  for (const std::vector<int64_t> &shape : {std::vector<int64_t>{}, {0}, {5}, {2, 3}, {2, 1, 4}, {3, 0, 2}}) {
    NpyArray array{shape, {}};
    size_t count = 1;
    for (int64_t size : shape)
      count *= static_cast<size_t>(size);
    for (size_t i = 0; i < count; ++i)
      array.values.push_back(static_cast<float>(i) / 3);
    writeFile(folder / "x.npy", npyBytes(array));
    NpyArray back = readNpy(folder / "x.npy");
    EXPECT_EQ(back.shape, shape);
    EXPECT_EQ(back.values, array.values);
  }
}

std::string refusal(const std::string &header, const std::string &data, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += {version, '\0', static_cast<char>(header.size()), '\0'};
  if (version == 2)
    bytes += std::string(2, '\0');
  return refusalOf([&] { parseNpy("x.npy", bytes + header + data); });
}

TEST(Npy, RefusesTheRest) {
  EXPECT_EQ(refusalOf([] { parseNpy("x.npy", "PK\x03\x04 and so on"); }), "x.npy: is not a .npy file");
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  EXPECT_EQ(refusal(good, "1234"), "accepted");
  EXPECT_EQ(refusal(good, "1234", 2), "accepted");
  EXPECT_THAT(refusal(good, "1234", 3), HasSubstr("has .npy version 3 (read: 1 and 2)"));
  EXPECT_THAT(refusal(good, "12345"), HasSubstr("holds 5 bytes of data, not what its shape (1) needs"));
  EXPECT_THAT(refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "12345678"),
              HasSubstr(" is not of float32 (read: '<f4')"));
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234"),
              HasSubstr("is in column-major order (numpy.ascontiguousarray mends that)"));
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': False}", ""), HasSubstr(" has no 'shape'"));
  for (const char *shape : {"1", "(-1,)", "(1", "(x)", "(1 1)", "(99999999999999999999,)"})
    EXPECT_THAT(refusal(fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}", shape), "1234"),
                HasSubstr(" has a shape that cannot be read"))
        << shape;
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "1234"),
              HasSubstr("not what its shape"));
  EXPECT_EQ(refusalOf([] { parseNpy("x.npy", std::string("\x93NUMPY\x01\x00\xff\xff{", 11)); }),
            "x.npy: ends inside its header");
}

} // namespace
} // namespace mase
