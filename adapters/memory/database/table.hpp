#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace mb::memory {

/// An ordered map whose copies share all that they have in common: copying costs nothing, writing copies one path of O(log n) nodes.
/// A transaction therefore works on a copy of its own, dropping that copy is the rollback, and no writer can change what a reader sees.
/// An AVL tree, so that keys may come in order (time-ordered ids do).
template <class Key, class Row>
class table {
public:
    std::size_t size() const noexcept { return size_; }

    /// Ends with the next write to this copy.
    Row const* find(Key const& key) const noexcept
    {
        for (auto const* at = root_.get(); at != nullptr;) {
            if (key < at->held->key)
                at = at->left.get();
            else if (at->held->key < key)
                at = at->right.get();
            else
                return &at->held->row;
        }
        return nullptr;
    }
    bool contains(Key const& key) const noexcept { return find(key) != nullptr; }

    /// Inserts or replaces.
    void put(Key key, Row row)
    {
        bool const fresh = !contains(key);
        root_ = with(root_, std::make_shared<item const>(std::move(key), std::move(row)));
        if (fresh) ++size_;
    }

    void erase(Key const& key)
    {
        if (!contains(key)) return;
        root_ = without(root_, key);
        --size_;
    }

    /// Visits the rows above `above`, or all, in the order of keys, until `visit(key, row)` answers false.
    template <class Visit>
    void ascending(Visit&& visit, std::optional<Key> const& above = std::nullopt) const
    {
        climb(root_.get(), above ? &*above : nullptr, visit);
    }

    /// Visits the rows below `below`, or all, from the highest key down, until `visit(key, row)` answers false.
    template <class Visit>
    void descending(Visit&& visit, std::optional<Key> const& below = std::nullopt) const
    {
        descend(root_.get(), below ? &*below : nullptr, visit);
    }

private:
    struct item {
        item(Key&& its_key, Row&& its_row) : key(std::move(its_key)), row(std::move(its_row)) {}
        Key key;
        Row row;
    };
    struct node;
    using link = std::shared_ptr<node const>;
    using held_item = std::shared_ptr<item const>;
    struct node {
        node(held_item its_item, link its_left, link its_right)
            : held(std::move(its_item)),
              left(std::move(its_left)),
              right(std::move(its_right)),
              height(1 + std::max(tall(left), tall(right)))
        {
        }
        held_item held;
        link left;
        link right;
        int height;
    };

    static int tall(link const& at) noexcept { return at ? at->height : 0; }
    static link join(held_item held, link left, link right)
    {
        return std::make_shared<node const>(std::move(held), std::move(left), std::move(right));
    }

    /// Joins two trees whose heights differ by two at most.
    static link balance(held_item held, link left, link right)
    {
        if (tall(left) > tall(right) + 1) {
            if (tall(left->left) >= tall(left->right)) return join(left->held, left->left, join(std::move(held), left->right, std::move(right)));
            auto const& middle = left->right;
            return join(middle->held, join(left->held, left->left, middle->left), join(std::move(held), middle->right, std::move(right)));
        }
        if (tall(right) > tall(left) + 1) {
            if (tall(right->right) >= tall(right->left)) return join(right->held, join(std::move(held), std::move(left), right->left), right->right);
            auto const& middle = right->left;
            return join(middle->held, join(std::move(held), std::move(left), middle->left), join(right->held, middle->right, right->right));
        }
        return join(std::move(held), std::move(left), std::move(right));
    }

    static link with(link const& at, held_item added)
    {
        if (!at) return join(std::move(added), nullptr, nullptr);
        if (added->key < at->held->key) return balance(at->held, with(at->left, std::move(added)), at->right);
        if (at->held->key < added->key) return balance(at->held, at->left, with(at->right, std::move(added)));
        return join(std::move(added), at->left, at->right);
    }

    static link without(link const& at, Key const& key)
    {
        if (key < at->held->key) return balance(at->held, without(at->left, key), at->right);
        if (at->held->key < key) return balance(at->held, at->left, without(at->right, key));
        if (!at->left) return at->right;
        if (!at->right) return at->left;
        auto const* next = at->right.get();
        while (next->left) next = next->left.get();
        return balance(next->held, at->left, without(at->right, next->held->key));
    }

    template <class Visit>
    static bool climb(node const* at, Key const* above, Visit& visit)
    {
        if (at == nullptr) return true;
        if (above != nullptr && !(*above < at->held->key)) return climb(at->right.get(), above, visit);
        return climb(at->left.get(), above, visit) && visit(at->held->key, at->held->row) && climb(at->right.get(), nullptr, visit);
    }

    template <class Visit>
    static bool descend(node const* at, Key const* below, Visit& visit)
    {
        if (at == nullptr) return true;
        if (below != nullptr && !(at->held->key < *below)) return descend(at->left.get(), below, visit);
        return descend(at->right.get(), below, visit) && visit(at->held->key, at->held->row) && descend(at->left.get(), nullptr, visit);
    }

    link root_;
    std::size_t size_ = 0;
};

}  // namespace mb::memory
