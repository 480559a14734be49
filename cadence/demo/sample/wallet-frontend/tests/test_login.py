"""Signing in, seen from the browser."""

import unittest
from urllib.parse import parse_qsl, urlsplit

from wallet.balance import show_balance
from wallet.login import sign_in

ACCOUNTS = {"ada": "engine"}


class SignInTest(unittest.TestCase):
    def test_a_wrong_password_is_refused(self):
        self.assertEqual(sign_in(ACCOUNTS, "ada", "loom", {}).status, 401)

    def test_without_a_page_in_mind_people_land_on_the_home_page(self):
        self.assertEqual(sign_in(ACCOUNTS, "ada", "engine", {}).location, "/")

    def test_people_return_to_the_page_they_came_from(self):
        login = show_balance(person=None, path="/balance?account=7")
        query = dict(parse_qsl(urlsplit(login.location).query))
        self.assertEqual(sign_in(ACCOUNTS, "ada", "engine", query).location, "/balance?account=7")

    def test_nobody_is_sent_to_another_site(self):
        for page in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
            with self.subTest(page=page):
                self.assertEqual(sign_in(ACCOUNTS, "ada", "engine", {"next": page}).location, "/")


if __name__ == "__main__":
    unittest.main()
