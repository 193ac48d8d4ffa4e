#!/usr/bin/env python3
"""Writes invented children as a census file for `apdr import census`: census_lines.py COUNT > FILE

The same count gives the same file. Of 100 children 81 have no special educational need, 14 are on
SEN Support and 5 have an EHC plan, about as in England.
"""
import csv
import datetime
import sys

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
TYPES = ("SLCN", "SEMH", "MLD", "SPLD", "ASD", "NSA")
COLUMNS = (
    "UPN Surname Forename DOB Sex NCyearActual EntryDate HomeLA URN SettingType SENprovision SENtype1 SENtypeRank1 "
    "SENtype2 SENtypeRank2 SENstartDate SENstartReason Teacher ResponsibleSince SENCO"
).split()


def upn(number):
    """Authority, school, year of allocation, serial number; the letter checks them."""
    digits = f"801{2000 + number // 15000:04d}{10 + number // 1000 % 15:02d}{number % 1000:03d}"
    total = sum((place + 2) * int(digit) for place, digit in enumerate(digits))
    return UPN_LETTERS[total % 23] + digits


def person(kind, number):
    return f"01990000-0000-7000-8000-{kind}{number:08d}"


def child(number):
    share = number * 37 % 100
    provision = "K" if share < 14 else "E" if share < 19 else "N"
    year = 1 + number % 11
    school = number // 300
    born = datetime.date(2020 - year, 9, 1) + datetime.timedelta(days=number * 7 % 360)
    entry = "2025-09-01"
    row = {
        "UPN": upn(number), "Surname": f"Invented{number}", "Forename": "Child", "DOB": born.isoformat(),
        "Sex": "FM"[number % 2], "NCyearActual": str(year), "EntryDate": entry, "HomeLA": "801",
        "URN": str(199000 + school), "SettingType": "school", "SENprovision": provision,
    }
    if provision != "N":
        live = TYPES if provision == "K" else TYPES[:-1]
        row |= {"SENtype1": live[number % len(live)], "SENtypeRank1": "1", "SENstartDate": "2025-10-06"}
    if provision == "K":
        teacher = person("aaaa", number // 30)
        row |= {"SENstartReason": "transfer-with-k", "Teacher": teacher, "ResponsibleSince": entry,
                "SENCO": person("bbbb", school)}
    return row


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: census_lines.py COUNT")
    out = csv.DictWriter(sys.stdout, COLUMNS, restval="")
    out.writeheader()
    for number in range(int(sys.argv[1])):
        out.writerow(child(number))


if __name__ == "__main__":
    main()
