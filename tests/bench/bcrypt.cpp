// The limit of logins: verifications of bcrypt 12 per second on all cores at once, or on so many threads.
// Usage: mb_bench_bcrypt <seconds> [threads]
#include "adapters/openssl/password_hashers.hpp"
#include "adapters/openssl/system_randomness.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv)
{
    if (argc != 2 && argc != 3) return 2;
    std::chrono::duration<double> const length{std::atof(argv[1])};
    mb::openssl::system_randomness const random{};
    std::vector<mb::openssl::pepper> peppers;
    peppers.push_back({"m1", mb::ports::new_secret(random, 32)});
    mb::openssl::password_hashers const hasher(std::move(peppers), {}, random);
    mb::secret const password{std::string_view{"plum-Ostrich-44-velvet-radio"}};
    auto const stored = hasher.hash(password);
    if (!stored) return 1;

    using clock = std::chrono::steady_clock;
    std::vector<double> rates(argc == 3 ? std::strtoul(argv[2], nullptr, 10) : std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> cores;
        for (auto& rate : rates)
            cores.emplace_back([&] {
                auto const begun = clock::now();
                std::chrono::duration<double> taken{};
                int done = 0;
                for (; taken < length; taken = clock::now() - begun, ++done)
                    if (auto const said = hasher.verify(password, *stored); !said || !said->matches) std::abort();
                rate = done / taken.count();
            });
    }
    double total = 0;
    for (auto const rate : rates) total += rate;
    std::printf("{\"per_second\": %.3f}\n", total);
}
