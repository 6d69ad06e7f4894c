#include "net/gzip.h"

#include <zlib.h>

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace vitals_test {
namespace {

using vitals::net::AcceptsGzip;
using vitals::net::Gzip;

std::string Gunzip(std::string_view compressed, std::size_t size) {
  std::string text(size + 1, '\0');
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(AcceptsGzip, FollowsTheWeights) {
  struct Case {
    std::string_view value;
    bool accepts;
  };
  for (const Case& c : {Case{"", false},
                        Case{"gzip", true},
                        Case{"GZip", true},
                        Case{"x-gzip", true},
                        Case{"identity", false},
                        Case{"gzipped", false},
                        Case{"deflate, gzip", true},
                        Case{"gzip;q=0", false},
                        Case{"gzip; q=0.000", false},
                        Case{"gzip ; Q = 0", false},
                        Case{"gzip;q=0.001", true},
                        Case{"gzip;q=1", true},
                        Case{"gzip;q=", false},
                        Case{"gzip;q=high", false},
                        Case{"gzip;level=1;q=0", false},
                        Case{"*", true},
                        Case{"*;q=0", false},
                        Case{"*, gzip;q=0", false},
                        Case{"gzip, *;q=0", true},
                        Case{"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
                        Case{",,gzip", true},
                        Case{";;", false}}) {
    EXPECT_EQ(AcceptsGzip(c.value), c.accepts) << c.value;
  }
}

TEST(Gzip, GivesBackWhatWentIn) {
  std::mt19937_64 random(1);
  std::string noise(3'000'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(1'000'000, 'a'), noise}) {
    const auto compressed = Gzip(text);
    ASSERT_TRUE(compressed.ok());
    EXPECT_EQ(Gunzip(*compressed, text.size()), text);
  }
  EXPECT_LT(Gzip(std::string(1'000'000, 'a'))->size(), 10'000u);
}

}  // namespace
}  // namespace vitals_test
