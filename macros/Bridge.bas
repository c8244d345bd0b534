Attribute VB_Name = "Bridge"
Option Explicit

' The way into Python: xlwings' RunPython with the interpreter that the hidden settings sheet names,
' and a sentence where that cannot work.
' No #If and no Declare: LibreOffice knows neither, and 32- and 64-bit Excel need neither.
Public Sub StartPython(ByVal entry As String)
    If Obstacle() <> "" Then
        MsgBox Obstacle(), vbExclamation, "Stepladder"
    ElseIf RunPython("import stepladder.addin; stepladder.addin." & entry & "()") <> 0 Then
        MsgBox "Stepladder could not be started from " & ThisWorkbook.Name & ", or did not come to " & _
            "its end; the box before this one says why." & WhatToDo(), vbExclamation, "Stepladder"
    ElseIf IsMac() Then
        ' Excel for Mac starts Python without waiting; once it runs, it writes its own words here.
        Application.StatusBar = "Stepladder is starting. If nothing follows: save, close Excel, and " & _
            "enter in a terminal: stepladder doctor """ & ThisWorkbook.Name & """ --fix"
    End If
End Sub

' What stands in the way, in words; empty where nothing does.
Private Function Obstacle() As String
    Dim book As Object
    Set book = ThisWorkbook
    If IsAddin() Then Set book = ActiveWorkbook
    If book Is Nothing Then
        Obstacle = "No workbook is in front that this button could work on. Where Excel offers " & _
            "Enable Editing, choose that first."
    ElseIf IsAddin() And SheetExists(ActiveWorkbook, "stepladder.conf") Then
        ' xlwings would take its settings before those of the add-in.
        Obstacle = book.Name & " holds a sheet stepladder.conf, which could make this button start " & _
            "any program, so nothing was started. Take that sheet out if you trust the workbook."
    ElseIf HasSign(book.FullName) Then
        Obstacle = "The name or folder of " & book.Name & " holds one of the signs ; | $ "" ` \, " & _
            "which cannot be handed to Python safely, so nothing was started. Rename it."
    ElseIf Interpreter() = "" Then
        Obstacle = "This button of " & ThisWorkbook.Name & " does not know yet where Stepladder is " & _
            "on this computer." & WhatToDo()
    ElseIf Not IsMac() And Not FileExists(Interpreter()) Then
        ' Excel for Mac cannot look there.
        Obstacle = "The Python that this button of " & ThisWorkbook.Name & " starts is not on this " & _
            "computer: " & Interpreter() & WhatToDo()
    End If
End Function

' Only from the hidden sheet: not from a settings file that lies beside the workbook. Left to itself,
' RunPython takes any Python that it finds in place of a missing one.
Private Function Interpreter() As String
    If IsMac() Then
        Interpreter = GetConfig("INTERPRETER_MAC", "", "sheet")
    Else
        Interpreter = GetConfig("INTERPRETER_WIN", "", "sheet")
    End If
End Function

' xlwings puts the workbook's full name into the line that starts Python. A semicolon ends it there;
' the others mean something there on a Mac only.
Private Function HasSign(ByVal place As String) As Boolean
    Dim signs As String, n As Integer
    signs = ";"
    If IsMac() Then signs = ";|$`\"""
    For n = 1 To Len(signs)
        If InStr(place, Mid(signs, n, 1)) > 0 Then HasSign = True
    Next n
End Function

Private Function WhatToDo() As String
    WhatToDo = vbLf & vbLf & "Save your work, close Excel, and enter in a terminal, in the folder " & _
        "of " & ThisWorkbook.Name & ":" & vbLf & vbLf & _
        "stepladder doctor """ & ThisWorkbook.Name & """ --fix"
End Function

' By its name: LibreOffice does not know Workbook.IsAddin.
Private Function IsAddin() As Boolean
    IsAddin = LCase(Right(ThisWorkbook.Name, 5)) = ".xlam"
End Function

Private Function IsMac() As Boolean
    IsMac = InStr(Application.OperatingSystem, "Mac") > 0
End Function
