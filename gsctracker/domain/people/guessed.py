"""Passwords that guessers try first: common words and names with what people put around them, runs of keys, dates.

The lists of the most used passwords are some hundred words, each dressed up in the same few ways (Password1, p4ssw0rd!,
sunshine2024). Undressing what was typed refuses more of them than any list of a few thousand lines.
"""

import re
from collections.abc import Iterable

_SAID = """
    aaaaaa abc abcabc abcdef abcdefg abcdefgh abcdefghi access account action admin administrator adobe adrian
    adventurefuls airborne airplane alaska albert alex alexander alexandra alexis alfred alice alicia allison alpha
    always amanda ambassador ambassadors amber america american anastasia andrea andrew andromeda angel angela
    angelina angels anthony antonio anything apache apollo apple apples april arizona arsenal arthur asdf asdfasdf
    asdfgh asdfghjk asdfghjkl ashley assassin athena august austin avatar awesome babyblue babygirl backup badboy
    bailey bakesale ballet banana barbara barcelona barney baseball basketball bastard batman beach beagle bear
    beatles beautiful beauty beaver benjamin berlin bigdaddy bigdog birdie biscuit bitch blackie blahblah blessed
    blessing blink blizzard blondie blue blueberry bluebird bonnie booboo booger boothsale boston brandon brandy
    brasil bravo brian broncos brooke brooklyn brother brownie brownies bubbles buddy buffalo bulldog bunny buster
    butter buttercup butterfly butthead cadette cadettes caesar california camaro cameron canada caramel
    caramelchocolatechip caramelde caramelldelites carlos carolina caroline cassie celtic center chance changeit
    changeme charles charlie charlotte cheese chelsea cherry chester chevy chicago chicken chloe chocolate christ
    christian christina christine christmas christopher cinderella classic claudia coffee college colorado compaq
    computer connect contact contrasena control cookie cookieleader cookiemom cookies cookieseason cookietime
    cookietracker cool copper corvette country courage courtney cowboy cowboys creative cricket crystal daisies daisy
    dallas dancer danger daniel daniela danielle daughter david december default deftones delfin dennis denver desktop
    destiny detroit devil diablo diamond dick digitalcookie dinosaur disney doctor dolphin dolphins donald dosidos
    dragon dragonball dragons dreamer dreams drummer duncan eagle eagles ebudde eddie edward eighteen einstein
    elephant elizabeth emily eminem enter estrella everton everything exploremores explorer extreme facebook falcon
    falcons family fantasy fashion february ferrari fire firebird fireman fish fishing flamingo florida flower flowers
    fluffy football forest forever formula france francis frank frankie freddie freedom friend friends friendship fuck
    fucker fuckoff fuckyou gabriel galaxy gandalf garden garfield gateway gemini general genesis genius george giants
    giggles ginger girls girlscout girlscoutcookie girlscoutcookies girlscouts giuseppe gladiator gloria goddess
    godzilla golden goldfish golfer good goodluck google gordon gorgeous grace grandma graphics green greenday griffin
    gsctracker guardian guest guitar gunner hacker hahaha hammer hannah happiness happy hardcore harley harry
    harrypotter heart heather heaven helen hello hellohello hellokitty hercules hockey holiday hollywood homer honda
    honey hongkong horses hotdog house houston howard hunter icecream iceman idontknow iloveher iloveme iloveu
    iloveyou iloveyouso imagine infinity internet invalid ireland isabella isabelle jackass jackie jackson jacob
    jaguar jamaica james january jasmine jason jasper jennifer jeremy jessica jessie jesus jesuschrist johannes john
    johnny johnson jonathan jordan joseph joshua julian juliana juliet juliettelow junior juniors jupiter justice
    justin katherine kathryn katie kawasaki kelly kenneth kevin keyboard killer kimberly king kingdom kingston kitten
    kitty kittycat knight kristina lacrosse lakers lauren lavender leather legend lemonade lemonades lemonups leonardo
    letmein letmeinnow liberty lifehack lightning lincoln linda link linkinpark little littlebrownie liverpool
    logitech london loser louise love loveless lovely lover loveyou lucky maddie madison maggie magic mallorca manager
    manchester manutd marcus maria marie marina marine mario marlboro marley marshall martin martina master matrix
    matthew maverick maximus maxwell mazda mercedes mercury merlin mexico michael michelle michigan mickey microsoft
    midnight miller minecraft miranda mission mister mnbvcxz mohammed molly money monica monika monkey monster montana
    morgan morning mother motorola mountain muffin murphy music mustang mylove mypassword myself natalie natasha
    nathalie nathan nature newcastle newpass newpassword newyork nicholas nicole nightmare nintendo nirvana nissan
    nothing november number october oliver olivia onelove orange orlando pacific packers paladin pamela panda pantera
    panther paradise paris parker pass passion passpass passw passwd password pastor patches patricia patrick peaches
    peanut peanutbutter peanutbutterpatties peanutbuttersandwich penelope penguin pepper perfect personal peter
    phantom phoenix photoshop pickle picture pirate platinum player playstation please pokemon police poohbear pookie
    popcorn porsche portugal power precious prince princesa princess private professional psycho pumpkin puppy purple
    qazwsx qazwsxedc qwer qwert qwerty qwertyui qwertyuiop rabbit rachel raiders rainbow ranger rangers raspberryrally
    raven realmadrid rebecca redskins redsox regina remember renault respect ricardo richard robert roberto rock
    rocket rockstar rocky ronaldo rosebud roses runner rush russell russia sailor sakura salvador samantha samoa
    samoas samson samsung sanchez sandra sarah saturn savannah scarface school scooby scooter scorpio scorpion
    scotland scout scouts secret security senior september serenity server seven shadow shannon sharon shelby sheridan
    shortbread sierra silver simon simple simpsons skater slayer slipknot smartcookies smoke smokey smores snickers
    snoopy snowball snowboard snowman soccer softball soldier something sophia sophie spanky sparky special speedy
    spencer spider spiderman spongebob sports spring stanley starlight starstar startrek starwars steelers stefan
    stella stephanie stephen steven stewart strawberry stupid success suckit sugar summer sunday sunflower sunny
    sunset sunshine super superman supernova superstar support susan suzuki sweet sweetheart sweetie sweety swimming
    swordfish sydney sylvester tagalong tagalongs tamara taurus taylor teacher tennis teresa test tester testing
    testtest texas theman theone theresa thinmint thinmints thomas thunder thunderbird tiffany tiger tigers tigger
    timothy tinkerbell titanic toastyay toffeetastic toyota tractor training traveler travis trefoil trefoils trinity
    troop trooper trouble trustno trustnoone tucker turtle tweety twilight unicorn united universe unknown user
    valentina valentine valeria vampire vanessa vanilla veronica victor victoria viking vincent violet viper virginia
    volleyball warcraft warrior warriors watermelon welcome whatever wildcat william williams willow wilson windows
    winner winnie winston winter wizard wolf wolverine wolves wonderful xavier xxxxxx yamaha yankee yankees yellow
    youtube zaqwsx zaqxsw zombie zxcvbn zxcvbnm zxcvbnmasdfghjkl
"""
_WORDS = frozenset(_SAID.split())
_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890",
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "zaq1xsw2cde3vfr4bgt5",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8",
    "1a2b3c4d5e6f7g8h",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "147258369",
    "789456123",
    "159753",
    "123qweasdzxc123",
)
_RUNS = tuple(row for each in _ROWS for row in (each, each[::-1], each + each))
_LEET = str.maketrans("013457@$!", "oieastasi")
_DATE = re.compile(r"(19|20)\d\d[01]\d[0-3]\d|[0-3]\d[0-3]\d(19|20)\d\d")


def is_guessed(password: str, about: Iterable[str] = ()) -> bool:
    """Whether a guesser tries this early; `about` are words that somebody who knows the troop or her would try."""
    text = password.casefold().strip()
    dense = re.sub(r"[\s._-]+", "", text)
    if _is_run(dense) or _DATE.fullmatch(dense):
        return True
    own = {_letters(word) for word in about} | {re.sub(r"\D", "", word) for word in about}
    own |= {part for word in about for part in re.split(r"[^a-z0-9]+", word.casefold())}
    known = _WORDS | {word for word in own if len(word) >= 3}
    return any(_is_known(core, known) for core in _undressed(dense))


def _is_run(text: str) -> bool:
    if any(each in run for each in (text, re.sub(r"(.)\1", r"\1", text)) for run in _RUNS):
        return True
    number = re.fullmatch(r"[a-z]{0,2}(\d+)[a-z]{0,2}", text)
    if number and any(number[1] in run for run in _RUNS):
        return True
    shortest = next(n for n in range(1, len(text) + 1) if text == (text[:n] * len(text))[: len(text)]) if text else 0
    if shortest <= 4:
        return True
    halves = ((text[:cut], text[cut:]) for cut in range(3, len(text) - 2))
    return any(all(any(part in run for run in _RUNS) for part in two) for two in halves)


def _undressed(text: str) -> set[str]:
    """What is left without digits and signs around it, and with letters in the place of look-alikes."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    found = {text, bare, bare.translate(_LEET), text.translate(_LEET)}
    found |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", each) for each in tuple(found)}
    return {each for each in found if each}


def _is_known(core: str, known: frozenset[str] | set[str]) -> bool:
    return core in known or any(core == core[:n] * (len(core) // n) and core[:n] in known for n in range(3, len(core)))


def _letters(word: str) -> str:
    return re.sub(r"[^a-z]+", "", word.casefold())
