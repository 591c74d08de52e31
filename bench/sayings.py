"""Twenty-four sentences as such studios speak them, each with a word to say wrong and one to leave out."""

from typing import Final, NamedTuple


class Saying(NamedTuple):
    """A sentence, a word of it, what is said instead, and another word that is dropped."""

    text: str
    word: str
    instead: str
    dropped: str

    @property
    def swapped(self) -> str:
        """The sentence with one wrong word."""
        return self.text.replace(self.word, self.instead, 1)

    @property
    def shorter(self) -> str:
        """The sentence with a word missing."""
        return " ".join(self.text.replace(self.dropped, "", 1).split())


_TABLE: Final = """\
Thank you for calling Northwind Energy, your call is important to us. | important | impatient | your
Your order has shipped and should arrive within three business days. | three | five | business
Please hold the line while we connect you to the next available agent. | hold | leave | next
Our office is open Monday through Friday from nine in the morning until five in the evening. | evening | morning | Friday
To reset your password, open the settings page and follow the link we sent to your inbox. | password | passport | settings
The invoice total is $42.50 and payment is due on March 15th. | March | May | total
If you smell gas, leave the building immediately and call us from outside. | outside | inside | immediately
In this lesson you will learn how a transformer changes voltage without moving parts. | voltage | wattage | moving
We noticed an unusual sign in attempt, so we locked your account to keep it safe. | locked | blocked | unusual
Press one for billing, press two for technical support, or stay on the line. | billing | building | technical
Every customer who switches before the end of the month receives a free smart meter. | free | new | smart
Remember to save your work often, because the session ends after thirty minutes. | thirty | forty | often
Our engineers repaired the damaged cable last night, and power is back in all districts. | damaged | ancient | power
The warranty covers parts and labor for twenty four months after purchase. | labor | paper | parts
Let us begin with a short story about a farmer and his stubborn donkey. | stubborn | sudden | short
Your appointment with Dr. Miller has moved to Thursday at 2:30 in the afternoon. | Thursday | Tuesday | moved
Please have your customer number ready, it is printed in the top right corner of your bill. | right | left | customer
We are sorry for the delay, heavy snow has closed several roads in the mountains. | heavy | wet | several
A good summary names the main idea first and leaves small details for later. | main | wrong | small
You can cancel your subscription at any time, there is no hidden fee. | hidden | monthly | hidden
The new headset weighs less than 250 grams and lasts eighteen hours on one charge. | eighteen | eighty | hours
Before you open the cover, switch off the machine and wait until the fan has stopped. | stopped | started | machine
Join our workshop next week and discover how teams write better scripts together. | better | longer | week
Your feedback helps us improve, so please stay on the line for a brief survey. | survey | service | brief"""

SAYINGS: Final = tuple(Saying(*(part.strip() for part in line.split("|"))) for line in _TABLE.splitlines())
