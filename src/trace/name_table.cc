#include "trace/name_table.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

NameTable::NameTable() { Add(""); }

std::optional<std::uint32_t> NameTable::Find(std::string_view text) const {
  const auto found = ids_.find(text);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t NameTable::FindOrAdd(std::string_view name) {
  auto found = ids_.find(name);
  std::uint32_t id = 0;
  if (found != ids_.end()) {
    id = found->second;
  } else {
    const std::string_view permanent = InternName(name).view();
    found = ids_.find(permanent);
    id = found != ids_.end() ? found->second : Add(permanent);
  }
  recent_[RecentIndex(name.data())] = {name.data(), static_cast<std::uint32_t>(name.size()), id};
  return id;
}

std::uint32_t NameTable::Add(std::string_view permanent) {
  std::unique_ptr<Chunk>& chunk = chunks_[size_ / kChunkNames];
  if (chunk == nullptr) chunk = std::make_unique<Chunk>();
  ids_.emplace(permanent, size_);
  chunk->names[size_ % kChunkNames] = permanent;
  return size_++;
}

std::size_t NameTable::bytes() const noexcept {
  constexpr std::size_t kNodeBytes = 48;  // of the map: link, hash, text, number; malloc's header
  const std::size_t chunks = (size_ + kChunkNames - 1) / kChunkNames;
  return sizeof(*this) + chunks * (sizeof(Chunk) + 16) + ids_.size() * kNodeBytes +
         ids_.bucket_count() * sizeof(void*);
}

}  // namespace trace
VITALS_NAMESPACE_END
