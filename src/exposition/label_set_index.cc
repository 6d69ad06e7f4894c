#include "exposition/label_set_index.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

constexpr std::size_t kFirstSlots = 16;

bool HasEscapes(const ParsedLabel& label) {
  return label.escaped_value.find('\\') != std::string_view::npos;
}

}  // namespace

LabelSetIndex::LabelSetIndex() : seed_(base::RandomSeed()) { Clear(); }

void LabelSetIndex::Clear() {
  entries_.clear();
  slots_.assign(kFirstSlots, 0);
}

std::uint32_t LabelSetIndex::Insert(const Key& key) {
  const std::uint64_t hash = Hash(key);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::uint32_t number = slots_[slot] - 1;
    if (entries_[number].hash == hash && Equal(key, entries_[number])) return number;
  }
  const auto number = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({hash, key.text, key.left_out});
  if (entries_.size() * 2 > slots_.size()) {
    Grow();
  } else {
    Place(number);
  }
  return number;
}

bool LabelSetIndex::Equal(const Key& key, const Entry& entry) {
  std::size_t others = 0;
  for (const ParsedLabel& other : ParsedLabels(entry.text)) {
    if (other.name == entry.left_out) continue;
    ++others;
    const bool found =
        std::any_of(key.labels.begin(), key.labels.end(), [&](const ParsedLabel& label) {
          return label.name == other.name && label.name != key.left_out &&
                 (label.escaped_value == other.escaped_value || label.value() == other.value());
        });
    if (!found) return false;
  }
  const auto counts = [&](const ParsedLabel& label) { return label.name != key.left_out; };
  return others ==
         static_cast<std::size_t>(std::count_if(key.labels.begin(), key.labels.end(), counts));
}

// A sum of hashes does not depend on the order.
std::uint64_t LabelSetIndex::Hash(const Key& key) const {
  std::uint64_t hash = 0;
  for (const ParsedLabel& label : key.labels) {
    if (label.name == key.left_out) continue;
    const std::uint64_t name = base::HashBytes(label.name, seed_);
    hash += key.has_escapes && HasEscapes(label) ? base::HashBytes(label.value(), name)
                                                 : base::HashBytes(label.escaped_value, name);
  }
  return hash;
}

void LabelSetIndex::Grow() {
  slots_.assign(slots_.size() * 4, 0);
  for (std::uint32_t number = 0; number < entries_.size(); ++number) Place(number);
}

void LabelSetIndex::Place(std::uint32_t number) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = entries_[number].hash & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = number + 1;
}

}  // namespace exposition
VITALS_NAMESPACE_END
