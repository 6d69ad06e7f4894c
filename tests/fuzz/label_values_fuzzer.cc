#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/registry.h"

// Any bytes as label values: each series is found again, and its labels read back as what was
// given, made valid UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = input.find('\0');
  const std::string_view first = input.substr(0, middle);
  const std::string_view second =
      middle == std::string_view::npos ? std::string_view() : input.substr(middle + 1);
  if (first.size() > 300 || second.size() > 300) return 0;

  vitals::Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a", "b"}).value();
  family.With(first, second).Increment();
  family.With(second, first).Increment();
  family.With(first, second).Increment();

  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  const vitals::MetricFamily& gathered = snapshot.families()[0];
  const vitals::Labels expected = {{"a", vitals::base::ToValidUtf8(first)},
                                   {"b", vitals::base::ToValidUtf8(second)}};
  if (gathered.labels(0) != expected) std::abort();
  const std::uint64_t both = expected.Get("a") == expected.Get("b") ? 3 : 2;
  if (gathered.Unsigned(0) != both) std::abort();
  std::string page;
  vitals::EncodeText(snapshot, page);
  if (!vitals::base::IsValidUtf8(page) || !family.Remove(first, second)) std::abort();
  return 0;
}
