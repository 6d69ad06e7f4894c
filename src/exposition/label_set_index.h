#ifndef VITALS_SRC_EXPOSITION_LABEL_SET_INDEX_H_
#define VITALS_SRC_EXPOSITION_LABEL_SET_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// The sets of labels seen so far, whatever their order and their escapes. Open addressing over 64
/// bits of a seeded hash: a page cannot make it slow.
class LabelSetIndex {
 public:
  /// Which labels of a line make the set.
  struct Key {
    std::span<const ParsedLabel> labels;
    std::string_view text;      ///< what `labels` were parsed from; kept
    std::string_view left_out;  ///< the name of a label that does not count; may be empty
    bool has_escapes = false;   ///< whether any value may have escapes
  };

  LabelSetIndex();

  /// Numbers the set: the number it has, or the next one, from 0, when it is new.
  std::uint32_t Insert(const Key& key);

  /// How many distinct sets there are.
  std::size_t size() const { return entries_.size(); }

  void Clear();

 private:
  struct Entry {
    std::uint64_t hash;
    std::string_view text;
    std::string_view left_out;
  };

  static bool Equal(const Key& key, const Entry& entry);
  std::uint64_t Hash(const Key& key) const;
  void Grow();
  void Place(std::uint32_t number);

  const std::uint64_t seed_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // number + 1 of an entry, or 0; a power of two
};

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_LABEL_SET_INDEX_H_
