#include "base/bytes.h"

#include <sys/random.h>

#include <chrono>

VITALS_NAMESPACE_BEGIN
namespace base {

std::uint64_t RandomSeed() noexcept {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed)) {
    seed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }
  return seed;
}

}  // namespace base
VITALS_NAMESPACE_END
