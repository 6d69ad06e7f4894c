#ifndef VITALS_SRC_EXPOSITION_PAGE_PARSERS_H_
#define VITALS_SRC_EXPOSITION_PAGE_PARSERS_H_

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "exposition/page_reader.h"
#include "exposition/sample_scanner.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// Hashes names of a page, seeded so that a page cannot choose collisions.
class NameHash {
 public:
  NameHash() : seed_(base::RandomSeed()) {}
  std::size_t operator()(std::string_view name) const noexcept {
    return base::HashBytes(name, seed_);
  }

 private:
  std::uint64_t seed_;
};

/// A value for each name of a page.
template <typename Value>
using NameMap = std::unordered_map<std::string_view, Value, NameHash>;

/// A line of metadata: `# KEYWORD name text`.
struct MetadataLine {
  std::string_view keyword;
  std::string_view name;
  std::string_view text;
};

/// Each parses the page of `reader`; false when the reader keeps a failure.
bool ParseText(PageReader& reader, PageBuilder& builder);
bool ParseOpenMetrics(PageReader& reader, PageBuilder& builder);

/// Appends a family; false beyond the limit.
bool AddFamily(const ParsedFamily& family, PageReader& reader, PageBuilder& builder);

/// Appends the sample to the last run of samples, with its exemplar; false beyond the limit.
bool AddSample(ScannedSample& scanned, PageReader& reader, PageBuilder& builder);

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_PAGE_PARSERS_H_
