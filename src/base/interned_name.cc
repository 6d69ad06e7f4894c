#include "vitals/base/interned_name.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <unordered_set>

#include "base/bytes.h"
#include "base/fork.h"
#include "base/interned_names.h"
#include "base/mutex.h"
#include "base/utf8.h"

VITALS_NAMESPACE_BEGIN
namespace {

constinit base::Mutex names_mutex;
constinit std::atomic<std::size_t> refused_names{0};

struct HashName {
  std::uint64_t seed = base::RandomSeed();
  std::size_t operator()(std::string_view text) const noexcept {
    return base::HashBytes(text, seed);
  }
};

using NameSet = std::unordered_set<std::string_view, HashName>;

// Leaked, names and all: records and static destructors keep pointers.
NameSet& Names() VITALS_REQUIRES(names_mutex) {
  static NameSet* const names = new NameSet;
  return *names;
}

// A fork in the middle of an insertion would leave the child a lock that nobody opens.
void LockNames() VITALS_NO_THREAD_SAFETY_ANALYSIS { names_mutex.Lock(); }
void UnlockNames() VITALS_NO_THREAD_SAFETY_ANALYSIS { names_mutex.Unlock(); }

[[maybe_unused]] const bool guarded_before_main = (base::GuardNamesAtFork(), true);

// `text` as it is kept: up to its first NUL, well-formed, at most kMaxInternedNameBytes.
std::string_view Normalize(std::string_view text, std::string& storage) {
  text = text.substr(0, text.find('\0'));
  text = base::CutUtf8(text, kMaxInternedNameBytes);
  if (base::IsValidUtf8(text)) return text;
  storage = base::ToValidUtf8(text);
  return storage;
}

// The permanent copy of `text`; null when there is no room for another.
const char* FindOrAdd(std::string_view text) {
  std::string storage;
  text = Normalize(text, storage);
  if (text.empty()) return "";
  const base::MutexLock lock(names_mutex);
  NameSet& names = Names();
  if (const auto found = names.find(text); found != names.end()) return found->data();
  if (names.size() >= kMaxInternedNames) return nullptr;
  auto copy = std::make_unique<char[]>(text.size() + 1);
  std::memcpy(copy.get(), text.data(), text.size());
  names.emplace(copy.get(), text.size());
  return copy.release();
}

}  // namespace

void base::GuardNamesAtFork() {
  [[maybe_unused]] static const bool guarded =
      (AtFork({&LockNames, &UnlockNames, &UnlockNames}), true);
}

InternedName InternName(std::string_view text) noexcept {
  const char* name = nullptr;
  try {
    name = FindOrAdd(text);
  } catch (const std::bad_alloc&) {
    name = nullptr;
  }
  if (name == nullptr) {
    // Relaxed: a count that orders nothing.
    refused_names.fetch_add(1, std::memory_order_relaxed);
    name = kTooManyNames.data();
  }
  return InternedName::FromStatic(name);
}

// Relaxed: as above.
std::size_t RefusedNames() noexcept { return refused_names.load(std::memory_order_relaxed); }

VITALS_NAMESPACE_END
