#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

namespace {

/// Gives each test the names of its folder and of its file as tags: `[unit/tokens]` and `[unit/tokens/refreshing]` select those.
void tag_by_place(Catch::Session& session)
{
    // Catch2 tags by the file's name alone (--filenames-as-tags), in this same way; files of two folders may share a name.
    auto& tests = const_cast<std::vector<Catch::TestCase>&>(Catch::getAllTestCasesSorted(session.config()));
    for (auto& test : tests) {
        std::string file = test.lineInfo.file;
        file.erase(0, file.rfind("/tests/") + std::string("/tests/").size());
        file.erase(file.rfind('.'));
        auto tags = test.tags;
        tags.push_back(file.substr(0, file.rfind('/')));
        tags.push_back(file);
        setTags(test, tags);
    }
}

}  // namespace

int main(int argc, char* argv[])
{
    Catch::Session session;
    if (int const wrong = session.applyCommandLine(argc, argv); wrong != 0) return wrong;
    tag_by_place(session);
    return session.run();
}
